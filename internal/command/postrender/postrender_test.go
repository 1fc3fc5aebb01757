// SPDX-License-Identifier: Apache-2.0

package postrender

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/manifests"
	"github.com/helm-wasm/helm-wasm/stack"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// shared makes values from --set expressions.
func shared(t testing.TB, exprs ...string) *stack.Document {
	t.Helper()
	doc, err := stack.Parse("values", []byte("{}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range exprs {
		if err := doc.Set(e); err != nil {
			t.Fatal(err)
		}
	}
	return doc
}

// TestGolden: testdata/NAME.yaml gives NAME.want, or the error NAME.err. Its first line
// may contain --set expressions after `# set `.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no test data", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			in, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var opts Options
			first, _, _ := strings.Cut(string(in), "\n")
			if sets, ok := strings.CutPrefix(first, "# set "); ok {
				opts.Values = shared(t, strings.Fields(sets)...)
			}
			out, err := Run(in, opts)
			want, got := strings.TrimSuffix(file, ".yaml")+".want", string(out)
			if err != nil {
				want, got = strings.TrimSuffix(file, ".yaml")+".err", err.Error()+"\n"
				if out != nil {
					t.Error("something comes out beside the error")
				}
			}
			if *update {
				os.Remove(strings.TrimSuffix(file, ".yaml") + ".want")
				os.Remove(strings.TrimSuffix(file, ".yaml") + ".err")
				if err := os.WriteFile(want, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			golden, err := os.ReadFile(want)
			if err != nil {
				t.Fatalf("%v; the result is\n%s", err, got)
			}
			if got != string(golden) {
				t.Errorf("got\n%s\nwant\n%s", got, golden)
			}
		})
	}
}

// unannotated are streams that do not change.
var unannotated = []string{
	"", "\n", "---\n", "---\n---\n", "# only a comment", "a: b", "a: b\n", "a: b\r\n---\r\nc: d\r\n",
	"\xef\xbb\xbfa: b\n---\nc: d\n", "---\n# Source: x/y.yaml\na: b\n\n\n---\n# c\n---\nd: e\n",
	"a: b\n------\nc: d\n", "a: b\n--- # c\nd: e\n", "--- {a: b}\n--- [c]\n--- d\n", "a: b\n...\nc: d\n...\n---\ne: f\n",
	"%YAML 1.1\n---\na: b\n", "# c\n%YAML 1.1\n--- \na: b\n...\n", "a: |\n  x\n   ---\n  y\n---\nb: c\n", "a: >-\n  b\n\n\n---\n",
	"a: 1\na: 2\n", "a: &x [1]\nb: *x\n", "a: !tag b\n", "- a\n- b\n", "{\"a\": \"b\"}\n", "a: 'b\n\n  c'\n", "a:b\n", "text",
	// The prefix outside annotations: in labels, and in text.
	"kind: Deployment\napiVersion: apps/v1\nmetadata: {name: x, labels: {helm-wasm.dev/function: x}}\nspec: {replicas: 1}\n",
	"kind: ConfigMap\napiVersion: v1\nmetadata: {name: x}\ndata: {text: \"helm-wasm.dev/source.topic: a\"}\n", "# helm-wasm.dev/\n",
	"- helm-wasm.dev/\n",
	"metadata: [helm-wasm.dev/]\n", "metadata: {annotations: [helm-wasm.dev/]}\n", "kind: List\nitems: [helm-wasm.dev/, {metadata: {}}]\n",
	"kind: Node\nmetadata: {annotations: {runtime.helm-wasm.dev/wasmtime: ready}}\n",
	// Not asked for.
	"kind: Deployment\napiVersion: apps/v1\nmetadata: {name: x, annotations: {helm-wasm.dev/enabled: \"false\"}}\nspec: {replicas: 1}\n",
}

func TestUnannotated(t *testing.T) {
	for _, in := range unannotated {
		out, err := Run([]byte(in), Options{})
		if err != nil || string(out) != in {
			t.Errorf("%q comes out as %q, %v", in, out, err)
		}
	}
}

// TestSplit: every byte belongs to one document.
func TestSplit(t *testing.T) {
	for _, in := range unannotated {
		checkSplit(t, []byte(in))
	}
	stream := []byte("# c\n---\n# Source: a/b.yaml\na: b\n---\n\n---\nc: d\n...\ne: f\n")
	var got []string
	for _, d := range manifests.Split(stream) {
		if d.Number > 0 {
			got = append(got, d.Where(1))
		}
	}
	want := "document 1, line 2, a/b.yaml|document 2, line 7|document 3, line 10"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("got %s, want %s", s, want)
	}
}

func checkSplit(t *testing.T, stream []byte) {
	t.Helper()
	at, number := 0, 0
	for _, d := range manifests.Split(stream) {
		if d.Start != at || d.Body < d.Start || d.End < d.Body || d.Number != 0 && d.Number != number+1 {
			t.Fatalf("%q is split badly: %+v", stream, d)
		}
		if d.Number != 0 {
			number = d.Number
		}
		if line := 1 + bytes.Count(stream[:d.Body], []byte("\n")); d.Line != line {
			t.Fatalf("%q: document %d starts in line %d, not %d", stream, d.Number, line, d.Line)
		}
		at = d.End
	}
	if at != len(stream) {
		t.Fatalf("%q is split badly: it ends at %d", stream, at)
	}
}

// TestOneBrokenOfFifty: the message names the document that is not YAML.
func TestOneBrokenOfFifty(t *testing.T) {
	var b strings.Builder
	for i := 1; i <= 50; i++ {
		b.WriteString(
			"---\n# Source: chart/templates/" + strconv.Itoa(
				i,
			) + ".yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c" + strconv.Itoa(
				i,
			) + "\n",
		)
		if i == 37 {
			b.WriteString("data: {a: b\n")
		}
	}
	out, err := Run([]byte(b.String()), Options{})
	var problems Problems
	if !errors.As(err, &problems) || len(problems) != 1 || out != nil {
		t.Fatalf("%v, and %d bytes", err, len(out))
	}
	for _, part := range []string{"document 37", "line 223", "chart/templates/37.yaml", "is not closed"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("no %q in %v", part, err)
		}
	}
}

// TestChunks: more workloads than are rendered at once share one TriggerAuthentication.
func TestChunks(t *testing.T) {
	var b strings.Builder
	const n = 2*chunk + 10
	for i := range n {
		b.WriteString(
			"---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: d" + strconv.Itoa(
				i,
			) + "\n  annotations:\n    helm-wasm.dev/source.topic: t" + strconv.Itoa(
				i,
			) + "\n    helm-wasm.dev/source.consumerGroup: g\nspec:\n  replicas: 2\n  template: {}\n",
		)
	}
	out, err := Run(
		[]byte(b.String()),
		Options{Values: shared(t, "kafka.bootstrapServers={k:9092}", "kafka.tls.enabled=true", "kafka.tls.caSecret.name=ca")},
	)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]int{
		"kind: ScaledObject\n": n, "kind: TriggerAuthentication\n": 1, "kind: Deployment\n": n,
		"replicas: 2": 0, "name: d0-kafka\n": n + 1,
	} {
		if got := strings.Count(string(out), text); got != want {
			t.Errorf("%d times %q, want %d", got, text, want)
		}
	}
	for i := range n {
		if want := "  name: \"d" + strconv.Itoa(i) + "\"\n"; !strings.Contains(string(out), want) ||
			!strings.Contains(string(out), "topic: \"t"+strconv.Itoa(i)+"\"\n") {
			t.Fatalf("nothing for workload %d", i)
		}
	}
}

// TestValue: annotations are read by the types of their fields.
func TestValue(t *testing.T) {
	tests := []struct {
		path, text string
		want       any
	}{
		{"source.topic", "2024", "2024"},
		{"source.topic", "on", "on"},
		{"source.topic", `"quoted"`, "quoted"},
		{"scaling.maxReplicas", " 12 ", 12.0},
		{"scaling.maxReplicas", "1.5", 1.5},
		{"scaling.paused", "true", true},
		{"scaling.paused", "yes", true},
		{"kafka.bootstrapServers", "a:1, b:2", "[a:1 b:2]"},
		{"kafka.bootstrapServers", "[a:1, b:2]", "[a:1 b:2]"},
		{"kafka.bootstrapServers", "- a:1\n- b:2\n", "[a:1 b:2]"},
		{"scaling.triggers.x.metadata.start", "*/5 * * * *", "*/5 * * * *"},
		{"scaling.annotations.a", "1", "1"},
		{"source", "topic: a\nconsumerGroup: b", "map[consumerGroup:b topic:a]"},
		{"source", "topic: a", "map[topic:a]"},
		{"source", "{topic: a}", "map[topic:a]"},
		{"source", "a\n---\nb: c", "error"},
		{"source", "[a\nb: c", "error"},
		{"unknown", "", nil},
	}
	for _, tc := range tests {
		got, err := types{}.value(tc.path, tc.text)
		if err != nil {
			got = "error"
		}
		if _, isText := tc.want.(string); isText {
			got = fmt.Sprint(got)
		}
		if got != tc.want {
			t.Errorf("%s: %q is %v (%v), want %v", tc.path, tc.text, got, err, tc.want)
		}
	}
}

// TestKafkaAsText: a value that cannot be a mapping is reported.
func TestKafkaAsText(t *testing.T) {
	in := strings.Replace(oddHead, "annotations: {", "annotations: {helm-wasm.dev/kafka: a:9092, ", 1)
	out, err := Run([]byte(in), Options{Values: shared(t, "kafka.bootstrapServers={kafka:9092}")})
	if err == nil ||
		!strings.Contains(err.Error(), `annotation helm-wasm.dev/kafka (bootstrapServers): string "a:9092" where a list is expected`) {
		t.Errorf("%v, and\n%s", err, out)
	}
}

// TestManyUnknown: suggestions that are not shown are not searched for.
func TestManyUnknown(t *testing.T) {
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, "helm-wasm.dev/x%d: a, ", i)
	}
	in := []byte(strings.Replace(oddHead, "annotations: {", "annotations: {"+b.String(), 1))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Run(in, Options{})
	runtime.ReadMemStats(&after)
	if err == nil {
		t.Error("no error")
	}
	// Count work, which does not depend on the load of the machine.
	if n := after.Mallocs - before.Mallocs; n > 500_000 {
		t.Errorf("%d allocations, 1,100 for each annotation would be a search for names like it", n)
	}
}
