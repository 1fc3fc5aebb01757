// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"github.com/helm-wasm/helm-wasm/stack/lint/rules"
	"github.com/helm-wasm/helm-wasm/stack/schema"
	"github.com/helm-wasm/helm-wasm/stack/values"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

func mustParse(t testing.TB, text string) *values.Document {
	t.Helper()
	d, err := values.Parse("v.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDefaultsAreTheChartsValues(t *testing.T) {
	data, err := os.ReadFile("../../charts/wasm-keda-stack/values.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if got := mustParse(t, string(data)).Tree(); !reflect.DeepEqual(got, schema.Defaults()) {
		t.Error("Defaults() is not what charts/wasm-keda-stack/values.yaml holds")
	}
}

// Each case is one mistake; the message names the value and the fix helps.
func TestCheckMessages(t *testing.T) {
	for _, tt := range []struct{ in, path, message, fix string }{
		{"function: {}", "function", `unknown key "function"`, "did you mean functions?"},
		{
			"functions: {f: {lagThreshold: 5}}", "functions.f.lagThreshold", `unknown key "lagThreshold"`,
			"lagThreshold belongs under scaling",
		},
		{
			"functions: {f: {scaling: {maxReplicaCount: 5}}}", "functions.f.scaling.maxReplicaCount",
			`unknown key "maxReplicaCount"`, "here it is called maxReplicas",
		},
		{
			"functions: {f: {maxReplicaCount: 5}}", "functions.f.maxReplicaCount", `unknown key "maxReplicaCount"`,
			"here it is called scaling.maxReplicas",
		},
		{
			"functions: {f: {scaling: {maxReplicsa: 5}}}", "functions.f.scaling.maxReplicsa",
			`unknown key "maxReplicsa"`, "did you mean maxReplicas?",
		},
		{
			"functions: {f: {source: {topic: t, limits: {}}}}", "functions.f.source.limits", `unknown key "limits"`,
			"did you mean functions.f.limits? Check the indentation",
		},
		{"functions: {f: {replicas: 3}}", "functions.f.replicas", `unknown key "replicas"`, "here it is called scaling.maxReplicas"},
		{"kafka: {whatever: 1}", "kafka.whatever", `unknown key "whatever"`, "legal keys are mode, bootstrapServers"},
		{"functions: [a]", "functions", "a list where a mapping is expected", "write it as a mapping keyed by name instead of a list"},
		{
			"functions: {f: {source: orders}}", "functions.f.source", `string "orders" where a mapping is expected`,
			"write source: {topic: orders}",
		},
		{
			"kafka: {bootstrapServers: 'b:9092', mode: external}", "kafka.bootstrapServers",
			`string "b:9092" where a list is expected`, "write a list: [b:9092]",
		},
		{"functions: {f: {config: {A: 1}}}", "functions.f.config.A", "number 1 where a string is expected", `put it into quotes: "1"`},
		{
			"functions: {f: {config: {A: yes}}}", "functions.f.config.A", "boolean true where a string is expected",
			`put it into quotes: "true"`,
		},
		{
			"functions: {f: {enabled: 'true'}}", "functions.f.enabled", `string "true" where true or false is expected`,
			"remove the quotes: true",
		},
		{
			"functions: {f: {scaling: {lagThreshold: '5'}}}", "functions.f.scaling.lagThreshold",
			`string "5" where an integer is expected`, "remove the quotes: 5",
		},
		{
			"functions: {f: {scaling: {cooldownPeriod: 30s}}}", "functions.f.scaling.cooldownPeriod",
			`string "30s" where an integer is expected`, "write seconds, without a unit: 30",
		},
		{
			"functions: {f: {scaling: {lagThreshold: 1.5}}}", "functions.f.scaling.lagThreshold",
			"number 1.5 where an integer is expected", "write a whole number",
		},
		{"kafka: {bundled: {replicas: 2}}", "kafka.bundled.replicas", "2 is not a legal value", "write one of 1, 3"},
		{"kafka: {mode: bundeld}", "kafka.mode", `"bundeld" is not a legal value`, "did you mean bundled?"},
		{"functions: {f: {http: {port: 70000}}}", "functions.f.http.port", "70000 is too large", "write 65535 or less"},
		{"functions: {f: {limits: {memory: 64MB}}}", "functions.f.limits.memory", `"64MB" is not a quantity`, "such as 64Mi"},
		{"functions: {F_1: {}}", "functions.F_1", `key "F_1" is not a name that Kubernetes accepts`, "lower-case"},
		{
			"functions: {f: {sink: {topics: [ok, 'not ok']}}}", "functions.f.sink.topics[1]",
			`"not ok" is not a Kafka topic name`, "use letters",
		},
		{`kafka: {mode: "b\e[1m\x9b\0\x7f"}`, "kafka.mode", `b\x1b[1m\u009b\x00\x7f`, "write one of"},
		{`kafka: {"a\nb\tc": 1}`, `kafka.a\nb\tc`, `unknown key "a\nb\tc"`, "legal keys are"},
		{"kafka: {topics: {a.b: {partitions: 0}}}", `kafka.topics.a\.b.partitions`, "0 is too small", "write 1 or more"},
	} {
		fs := Validate(mustParse(t, tt.in))
		if len(fs) != 1 {
			t.Errorf("%s: %d findings %v", tt.in, len(fs), fs)
			continue
		}
		f := fs[0]
		if f.Path != tt.path || !strings.Contains(f.Message, tt.message) || !strings.Contains(f.Fix, tt.fix) ||
			f.Position.Line != 1 || f.Position.Column == 0 {
			t.Errorf("%s:\n got %s | %s\nwant %s: %s | %s", tt.in, f, f.Fix, tt.path, tt.message, tt.fix)
		}
	}
}

func TestAllMistakesAtOnce(t *testing.T) {
	d := mustParse(t,
		"functions:\n  f:\n    runtme: wazero\n    source: {topic: 5}\n    scaling:\n      minReplicas: -1\n      "+
			"maxReplicas: many\nkafka:\n  mode: x\n")
	fs := Validate(d)
	var lines []int
	for _, f := range fs {
		lines = append(lines, f.Position.Line)
	}
	if want := []int{3, 4, 6, 7, 9}; !reflect.DeepEqual(lines, want) {
		t.Errorf("lines %v, want %v: %v", lines, want, fs)
	}
}

func TestIgnoreComments(t *testing.T) {
	text := rules.Base + "    delivery: exactly-once # helm-wasm:ignore HW21\n"
	if fs := Lint(mustParse(t, text), Options{}); len(fs) != 1 {
		t.Errorf("HW21 is at the missing activationLagThreshold: %v", fs)
	}
	for _, in := range []string{
		"commonLabels: {a: 1} # helm-wasm:ignore HW02", "commonLabels: {a: 1} # helm-wasm:ignore HW01, HW02",
		"# helm-wasm:ignore HW02\ncommonLabels: {a: 1}", "commonLabels: {a: 1} # helm-wasm:ignore all",
	} {
		if fs := Validate(mustParse(t, in)); len(fs) != 0 {
			t.Errorf("%q: %v", in, fs)
		}
	}
	for _, in := range []string{
		"commonLabels: {a: 1} # helm-wasm:ignore HW01", "commonLabels: {a: 1}\n# helm-wasm:ignore HW02",
		"x: &x 1 # helm-wasm:ignore HW01\ncommonLabels: {a: 1}",
	} {
		if fs := Validate(mustParse(t, in)); len(fs) != 1 {
			t.Errorf("%q: %v", in, fs)
		}
	}
}

func TestEffectiveFunction(t *testing.T) {
	d := mustParse(t, `
defaults: {onError: {retries: 2}, config: {A: a, B: b}, scaling: {maxReplicas: 7}, limits: {memory: 128Mi}}
functions:
  f: {config: {B: null, C: c}, scaling: {minReplicas: 1, fallback: {failureThreshold: 0}},
    limits: {memory: null}, pod: {tolerations: [{key: x}]}}
  g: {}
workloads: {w: {scaleTargetRef: {name: w}}}
`)
	v, fs := schema.Effective(d.Tree()), Validate(d)
	if len(fs) != 0 {
		t.Fatal(fs)
	}
	f, ok := v.Functions["f"]
	if !ok || f.OnError.Retries != 2 || !reflect.DeepEqual(f.Config, map[string]string{"A": "a", "C": "c"}) ||
		f.Scaling.MaxReplicas != 7 ||
		f.Scaling.MinReplicas != 1 || f.Scaling.LagThreshold != 50 || f.Limits.Memory != "" || f.Limits.Timeout != "5s" ||
		*f.Scaling.Fallback.FailureThreshold != 0 || len(f.Scaling.Behavior.ScaleUp.Policies) != 2 ||
		len(f.Pod.Tolerations) != 1 || f.Runtime != "wazero" {
		t.Errorf("f = %+v", f)
	}
	g := v.Functions["g"]
	if len(g.Config) != 2 || g.Limits.Memory != "128Mi" || len(g.Pod.Tolerations) != 0 {
		t.Errorf("f's values leak into g: %+v", g)
	}
	if w := v.Workloads["w"]; w.ScaleTargetRef.Kind != "Deployment" || w.Scaling.MaxReplicas != 7 || !*w.Enabled ||
		w.Source.OffsetResetPolicy != "earliest" {
		t.Errorf("w = %+v", w)
	}
	if v.Kafka.Bundled.Image.Repository != "apache/kafka" || v.Runtimes["spin"].Handler != "spin" || !*v.Runtimes["spin"].Create {
		t.Errorf("defaults: %+v", v.Kafka.Bundled.Image)
	}
}

func chartSchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	data, err := os.ReadFile("../../charts/wasm-keda-stack/values.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("values.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("values.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The schema that Helm checks and our own check take and refuse the same.
func TestCheckAgreesWithTheSchema(t *testing.T) {
	s := chartSchema(t)
	if err := s.Validate(anyOf(t, schema.Defaults())); err != nil {
		t.Errorf("the defaults do not fit the schema: %v", err)
	}
	// One wrong value of each type, at each field.
	wrong := []any{
		nil, "", "x", "5", "64Mi", "10s", "50%", " ", "a b", "A_b", 0.0, 1.0, -1.0, 1.5, 1e9, true,
		[]any{},
		[]any{"x"},
		[]any{5.0},
		[]any{nil},
		map[string]any{},
		map[string]any{"x": "y"},
		map[string]any{"X y": 1.0},
	}
	n := 0
	var walk func(path []string, o *schema.Object)
	try := func(path []string) {
		for _, v := range wrong {
			tree := map[string]any{}
			at := tree
			for _, p := range path[:len(path)-1] {
				next := map[string]any{}
				at[p] = next
				at = next
			}
			at[path[len(path)-1]] = v
			found := Validate(values.FromTree(tree))
			err := s.Validate(anyOf(t, tree))
			if (err == nil) != (len(found) == 0) {
				t.Errorf("%s = %#v: schema says %v, check says %v", strings.Join(path, "."), v, err, found)
			}
			n++
		}
	}
	walk = func(path []string, o *schema.Object) {
		try(append(path[:len(path):len(path)], "unknownKey"))
		for i := range o.Fields {
			f := &o.Fields[i]
			p := append(path[:len(path):len(path)], f.Name)
			try(p)
			if f.Object != nil && f.Kind != schema.KindList {
				if f.Kind == schema.KindMap {
					p = append(p, "some-name")
				}
				walk(p, f.Object)
			}
		}
	}
	walk(nil, schema.ValuesObject())
	if n < 5000 {
		t.Errorf("only %d comparisons", n)
	}
}

// anyOf is a tree as the schema library wants it.
func anyOf(t testing.TB, v any) any {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	out, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Every rule's examples but those of the structure fit the schema.
func FuzzLint(f *testing.F) {
	f.Add([]byte(rules.Base))
	for _, r := range Rules() {
		bad := r.Bad
		f.Add([]byte(bad))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := values.Parse("fuzz", data)
		if err != nil {
			return
		}
		for _, fd := range Lint(d, Options{}) {
			if fd.Message == "" || fd.Rule == "" || strings.ContainsFunc(fd.Path+fd.Message+fd.Fix, unicode.IsControl) {
				t.Errorf("bad finding %q", fd)
			}
		}
	})
}
