// SPDX-License-Identifier: Apache-2.0

package helm

import (
	"fmt"
	"strings"
	"testing"
)

// repeated returns a text n times, with the number for %d in it.
func repeated(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

const (
	oneFunction = "functions:\n  a:\n    module: {image: x}\n    source: {topic: t}\n"
	ordinary    = "  f%[1]d:\n    module: {image: \"ghcr.io/acme/some-function:1.2.3\"}\n" +
		"    source: {topic: topic-%[1]d}\n    sink: {topic: other-%[1]d}\n" +
		"    scaling: {maxReplicas: 5, lagThreshold: 20}\n    config: {RATE: \"1.5\", TEAM: shop}\n"
)

// largeInput is a file that is not refused at first sight: the mistake is inside, often
// repeated or far down.
type largeInput struct {
	name, text string
	// line is in render's message and in lint's report.
	line string
}

func largeInputs() []largeInput {
	big := "functions:\n" + repeated(1000, ordinary)
	below := strings.Count(big, "\n") + 1
	at := func(format string) string { return fmt.Sprintf(format, below) }
	return []largeInput{
		{
			"unknown keys in 2,500 functions",
			"functions:\n" + repeated(2500, "  f%d: {scalin: {maxReplicas: 3, lagThreshold: 5}}\n"),
			"stdin:2:8: functions.f0.scalin: unknown key \"scalin\"",
		},
		{
			"unknown keys in 10,000 functions",
			"functions:\n" + repeated(10000, "  f%d: {scalin: {maxReplicas: 3}}\n"),
			"stdin:1:1: functions has 10000 entries; the limit is 2500",
		},
		{
			"22,000 functions",
			"functions:\n" + repeated(22000, "  f%d: {module: {image: x}, source: {topic: t}}\n"),
			"holds more than 50000 values",
		},
		{
			"40,000 wrong types",
			oneFunction + "    config:\n" + repeated(40000, "      k%d: 1\n"),
			"stdin:6:7: functions.a.config.k0: number 1 where a string is expected",
		},
		{
			"90,000 wrong types",
			oneFunction + "    config:\n" + repeated(90000, "      k%d: 1\n"),
			"stdin:49998:14: holds more than 50000 values",
		},
		{
			"10,000 unknown keys at the top",
			repeated(10000, "key%d: 1\n"),
			"stdin:1:1: key0: unknown key \"key0\"",
		},
		{
			"40,000 unknown keys that are like others",
			oneFunction + "    scaling:\n" + repeated(40000, "      maxReplica%d: 1\n"),
			"stdin:6:7: functions.a.scaling.maxReplica0: unknown key \"maxReplica0\"; did you mean maxReplicas?",
		},
		{
			"illegal names",
			"kafka:\n  topics:\n" + repeated(20000, "    to/pic%d: {partitions: 1}\n"),
			"stdin:3:5: kafka.topics.to/pic0: key \"to/pic0\" is not a Kafka topic name",
		},
		{
			"a wrong type at the end",
			big + "  z: {scaling: {maxReplicas: many}}\n",
			at("stdin:%d:17: functions.z.scaling.maxReplicas: string \"many\" where an integer is expected"),
		},
		{
			"a bracket at the end",
			big + "  z: {scaling: {maxReplicas: 3}\n",
			at("stdin:%[1]d:3: a bracket or brace opened in line %[1]d is not closed"),
		},
		{
			"a bracket after 2 MB",
			"# " + strings.Repeat("x", 1<<20) + "\n" + big + strings.Repeat("# a comment\n", 50000) + "  z: {scaling: {maxReplicas: 3}\n",
			"is not closed",
		},
		{
			"one of two at the end",
			big + "  f0: {}\n",
			at("stdin:%d:3: key \"f0\" is given twice in one mapping, first in line 2"),
		},
		{
			"an unknown key above an anchor",
			"functions:\n  a: &x {scalin: {}}\n" + repeated(1000, ordinary),
			"stdin:2:10: functions.a.scalin: unknown key",
		},
		{
			"a tag below half a megabyte",
			big + strings.Replace(repeated(1500, ordinary), "  f", "  g", -1) + "  z: !!map {}\n",
			"from this line on only a slow reader can read the file, and it accepts 256 KiB",
		},
		{
			"a text of 1 MB for 1,000 functions",
			"defaults: {config: {A: " + strings.Repeat("x", 1<<20) + "}}\n" + big,
			"stdin:1:1: defaults hold 1024 KiB of text for each of 1000 functions",
		},
		{
			"a long list",
			"kafka:\n  bootstrapServers: [" + strings.Repeat("1,", 45000) + "]\n",
			"stdin:2:22: kafka.bootstrapServers[0]: number 1 where a string is expected",
		},
		{
			"a long line",
			"functions:\n  a: {sourc: {topic: " + strings.Repeat("t", 1<<20) + "}}\n",
			"stdin:2:7: functions.a.sourc: unknown key \"sourc\"",
		},
	}
}

// TestLargeInput does the same for files that are wrong deep inside.
func TestLargeInput(t *testing.T) {
	h := shared(t)
	for _, input := range largeInputs() {
		t.Run(input.name, func(t *testing.T) {
			t.Parallel()
			render := h.wasm([]byte(input.text), "render")
			checkFailure(t, render)
			if !strings.Contains(render.stderr, input.line) {
				t.Errorf("want %q in\n%s", input.line, render)
			}
			lint := h.wasm([]byte(input.text), "lint")
			checkPlain(t, lint)
			checkBounded(t, lint)
			// A report has rule and severity after the position, and fixes on
			// lines of their own.
			place, rest, _ := strings.Cut(input.line, ": ")
			all := lint.stdout + lint.stderr
			problem, _, _ := strings.Cut(rest, "; ")
			reported := strings.Contains(lint.stdout, place+": error ") && strings.Contains(all, strings.TrimSuffix(problem, "?"))
			if lint.code != 1 || !reported && !strings.Contains(all, input.line) {
				t.Errorf("want exit 1 and %q in\n%s", input.line, lint)
			}
		})
	}
}

// TestLargeFiles: correct files may be large; they take longer and render.
func TestLargeFiles(t *testing.T) {
	h := shared(t)
	files := map[string]string{
		"2,500 functions": "functions:\n" + repeated(2500, ordinary),
		"45,000 settings": oneFunction + "    config:\n" + repeated(44900, "      k%d: v\n"),
		"a text of 1 MB":  oneFunction + "    config: {A: " + strings.Repeat("x", 1<<20) + "}\n",
		"anchors in 200 KiB": "defaults: {pod: &p {labels: {a: b}}}\nfunctions:\n" +
			repeated(950, ordinary) + "  z: {module: {image: x}, source: {topic: t}, pod: *p}\n",
		"comments for 1.5 MB": oneFunction + strings.Repeat("# a comment\n", 130_000),
	}
	for name, text := range files {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := h.wasm([]byte(text), "render")
			if r.code != 0 || !strings.Contains(r.stdout, "kind: ScaledObject") {
				t.Errorf("does not render:\n%s", r)
			}
			checkBounded(t, r)
		})
	}
}
