// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"fmt"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
	"github.com/helm-wasm/helm-wasm/stack/render"
	"github.com/helm-wasm/helm-wasm/stack/values"
)

// repeated is a text n times, %d in it being the number.
func repeated(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// TestLargeMistakes: a file too large for the library gets a message of where
// and why all the same.
func TestLargeMistakes(t *testing.T) {
	const fn = "  f%d:\n    module: {image: \"ghcr.io/acme/some-function-of-ours\"}\n    source: {topic: " +
		"some-topic-of-ours}\n    sink:\n      topic: another\n    scaling:\n      maxReplicas: 5\n      lagThreshold: 100\n"
	many := "functions:\n" + repeated(2000, fn)
	if len(many) < (256<<10) || strings.Count(many, "\n") != 16001 {
		t.Fatal(len(many))
	}
	for _, tt := range []struct{ name, text, want string }{
		{"fine", many, ""},
		{
			"values", "a: [" + repeated(values.MaxValues, "%d,") + "]\n",
			"v.yaml:1:288883: holds more than 50000 values; a Helm release cannot hold so much",
		},
		{"few bytes", "a: [" + strings.Repeat("b,", values.MaxValues) + "]\n", "v.yaml:1:100001: holds more than 50000 values"},
		{
			"functions", "functions:\n" + repeated(values.MaxFunctions+1, "  f%d: {}\n"),
			"v.yaml:1:1: functions has 2501 entries; the limit is 2500; Helm keeps all",
		},
		{"workloads", "a: b\nworkloads:\n" + repeated(values.MaxFunctions+1, "  f%d: {}\n"), "v.yaml:2:1: workloads has 2501 entries"},
		{"as many as may be", "functions:\n" + repeated(values.MaxFunctions, "  f%d: {}\n"), ""},
		{
			"text for each",
			"a: b\ndefaults: {config: {A: " + strings.Repeat("x", 1<<19) + "}}\nfunctions:\n" + repeated(200, "  f%d: {}\n"),
			"v.yaml:2:1: defaults hold 512 KiB of text for each of 200 functions; all together the limit is 64 MiB; put large",
		},
		{"twice", many + "  f7: {}\n", `v.yaml:16002:3: key "f7" is given twice in one mapping, first in line 58; keep one`},
		{
			"twice in braces", many + "  z: {a: 1, b: 2, a: 3}\n",
			`v.yaml:16002:19: key "a" is given twice in one mapping, first in line 16002;`,
		},
		{"a bracket", many + "  z: {source: {topic: t}\n", "v.yaml:16002:3: a bracket or brace opened in line 16002 is not closed"},
		{"a quote", many + "  z: {source: {topic: \"t}}\n", "v.yaml:16002:3: a quote is opened and never closed"},
		{"a quote in the middle", "functions:\n  a: 'b\n" + many[len("functions:\n"):], "v.yaml:2:3: a quote is opened and never closed"},
		{"a tab", many + "\tz: {}\n", "v.yaml:16002:2: a tab is used for indentation"},
		{"indentation", many + " z: {}\n", "the indentation or the text does not fit"},
		{"no colon", many + "  z\n  y: {}\n", "v.yaml:16002:3: a line is neither `key: value` nor `- item`"},
		{"a colon", many + "  z: a: b\n", "v.yaml:16002:3: a colon is where YAML expects no key"},
		{"a list among keys", many + "  - z\n", "v.yaml:16002:3: "},
		{"bytes", many + "  z: \xff\n", "v.yaml:16002:6: byte 0xff is not valid UTF-8"},
		{"NUL", many + "  z: \x00\n", "v.yaml:16002:6: a NUL byte"},
		{"an anchor", "x: &x {a: [{b: c}]}\n" + many + "  z: &a {<<: *x}\n  y: *a\n", ""},
		{
			"a bracket among aliases", "x: &x {}\n" + many + "  y: {a: [*x, *x]}\n  z: {<<: *x, source: *x, topic: t\n",
			"v.yaml:16004:3: a bracket or brace opened in line 16004 is not closed",
		},
		{
			"a bracket below a merge", "x: &x {}\n" + many + "  z:\n    <<: *x\n    source: {topic: t\n",
			"v.yaml:16005:5: a bracket or brace opened in line 16005 is not closed",
		},
		{"a tab below a merge", "x: &x {}\n" + many + "  z:\n    <<: *x\n\tq: 1\n", "v.yaml:16005:2: a tab is used for indentation"},
		{"a merge of text", "x: &x b\n" + many + "  z:\n    <<: *x\n", "v.yaml:16004:5: from this line on"},
		{"a merge of numbers", "x: &x {}\n" + many + "  z: {<<: [*x, 1]}\n", "v.yaml:16003:16: merge key << needs a mapping"},
		{
			"twice beside a merge", "x: &x {a: 1}\n" + many + "  z: {a: 1, <<: *x, a: 2}\n",
			`v.yaml:16003:21: key "a" is given twice in one mapping, first in line 16003;`,
		},
		{"an anchor in itself", many + "  z: &a {b: *a}\n", "v.yaml:16002:13: alias *a stands for something that contains it"},
		{
			"a bomb",
			many + "  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" +
				repeated(9, "  b%[1]d: &b [*a0, *a0, *a0, *a0, *a0]\n  c%[1]d: &a0 [*b, *b, *b, *b, *b]\n"),
			"holds more than 50000 values",
		},
		{
			"a tag", many + "  z: !!str a\n",
			"v.yaml:16002:6: from this line on only a slow reader can read the file, and it accepts 256 KiB; the file has 381 " +
				"KiB; write the line as",
		},
		{"an alias of nothing", many + "  z: *a\n", "v.yaml:16002:3: unknown anchor"},
		{"two documents", many + "---\n" + many, "v.yaml:16002:1: from this line on"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := values.Parse("v.yaml", []byte(tt.text))
			switch {
			case err == nil && tt.want != "":
				t.Errorf("no error, want %s", tt.want)
			case err != nil && (tt.want == "" || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

// TestRenderedSize: what renders to more than the sandbox can hold is refused.
func TestRenderedSize(t *testing.T) {
	text := "commonLabels: {a: " + strings.Repeat("x", 1<<20) + "}\nfunctions:\n" +
		repeated(100, "  f%d: {module: {image: a}, source: {topic: t}}\n")
	doc, err := values.Parse("x", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := render.Render(doc, render.Options{}); err == nil ||
		!strings.Contains(err.Error(), "the output is larger than the limit of 64 MiB") {
		t.Errorf("got %v", err)
	}
}

// TestManyUnknownKeys: the first are worded, the others counted only, and the
// fields among them are looked at all the same.
func TestManyUnknownKeys(t *testing.T) {
	doc, err := values.Parse("x",
		[]byte("functions:\n  a:\n    module: {image: x}\n    source: {topic: t}\n    scaling:\n"+
			repeated(40000, "      maxReplica%d: 1\n")+"      pollingInterval: often\n"))
	if err != nil {
		t.Fatal(err)
	}
	for name, found := range map[string]Findings{"Validate": Validate(doc), "Lint": Lint(doc, Options{})} {
		if len(found) < pass.MaxAlike+2 {
			t.Fatalf("%s: %d findings", name, len(found))
		}
		if f := found[pass.MaxAlike]; f.Path != "functions.a.scaling.pollingInterval" || f.Rule != "HW02" {
			t.Errorf("%s: the wrong type is not found: %+v", name, f)
		}
		if last := found[pass.MaxAlike+1]; last.Message != "and 39900 more like those of this rule" || last.Rule != "HW01" {
			t.Errorf("%s: %+v", name, last)
		}
		if f := found[0]; f.Path != "functions.a.scaling.maxReplica0" || f.Position.Line != 6 || f.Fix != "did you mean maxReplicas?" {
			t.Errorf("%s: the first is %+v", name, f)
		}
	}
	if found := Validate(doc); len(found) != pass.MaxAlike+2 {
		t.Errorf("%d findings", len(found))
	}
	if found := Lint(doc, Options{Ignore: []string{"HW01"}}); found.Count(SeverityError) != 1 {
		t.Errorf("an ignored rule reports: %v", found[0])
	}
}

// TestManyWrongTypes: findings that nobody will read are counted only.
func TestManyWrongTypes(t *testing.T) {
	doc, err := values.Parse("x",
		[]byte("functions:\n  a:\n    module: {image: x}\n    source: {topic: t}\n    config:\n"+repeated(40000, "      k%d: 1\n")))
	if err != nil {
		t.Fatal(err)
	}
	for name, found := range map[string]Findings{"Validate": Validate(doc), "Lint": Lint(doc, Options{})} {
		last := found[len(found)-1]
		if len(found) != pass.MaxAlike+1 || last.Message != "and 39900 more like those of this rule" || last.Fix == "" {
			t.Errorf("%s: %d findings, the last %+v", name, len(found), last)
		}
		if found[0].Path != "functions.a.config.k0" || found[0].Position.Line != 6 {
			t.Errorf("%s: the first is %+v", name, found[0])
		}
	}
	if found := Lint(doc, Options{Ignore: []string{"HW02"}}); found.HasErrors() {
		t.Errorf("an ignored rule reports %d findings: %v", len(found), found[0])
	}
}
