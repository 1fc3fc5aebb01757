// SPDX-License-Identifier: Apache-2.0

package diff

import (
	"strings"
	"testing"
)

// compared returns the report for people about two streams.
func compared(t *testing.T, old, new string) string {
	t.Helper()
	return report(t, old, new).Text(Plain)
}

func report(t *testing.T, old, new string) *Report {
	t.Helper()
	r, err := Compare(read(t, "old", old), read(t, "new", new), "prod")
	if err != nil {
		t.Fatal(err)
	}
	return &r
}

func read(t *testing.T, name, text string) []Object {
	t.Helper()
	objects, err := Read(name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

// object returns a manifest of a kind with additional lines.
func object(apiVersion, kind, name string, more ...string) string {
	return "---\napiVersion: " + apiVersion + "\nkind: " + kind + "\nmetadata: {name: " + name + ", namespace: prod}\n" + strings.Join(
		more,
		"\n",
	) + "\n"
}

func configMap(more ...string) string { return object("v1", "ConfigMap", "c", more...) }

func TestFields(t *testing.T) {
	tests := []struct{ name, old, new, want string }{
		{"scalar", "data: {a: x}", "data: {a: z}", `~ data.a: "x" -> "z"`},
		{"types differ", `data: {a: "50"}`, "data: {a: 50}", `~ data.a: "50" -> 50`},
		{"number as written", "data: {a: 1.0, b: 1e3}", "data: {a: 1, b: 1000}", ""},
		{"large numbers", "data: {a: 9007199254740993}", "data: {a: 9007199254740992}", "~ data.a: 9007199254740993 -> 9007199254740992"},
		{"boolean of YAML 1.1", "data: {a: yes}", "data: {a: true}", ""},
		{"null is not nothing", "data: {a: null}", "data: {}", "- data.a: null"},
		{"added and removed", "data: {a: x, b: {c: 1}}", "data: {a: x, d: [1, 2]}", "- data.b: {\"c\":1}\n    + data.d: [1,2]"},
		{"quoted keys", `metadata2: {"a.b/c": 1}`, `metadata2: {"a.b/c": 2}`, `~ metadata2["a.b/c"]: 1 -> 2`},
		{"mapping to list", "data: {a: {x: 1}}", "data: {a: [1]}", `~ data.a: {"x":1} -> [1]`},
		{"order of keys, comments and quotes", "# was\ndata: {a: \"x\", b: 'z'}", "data:\n  b: z # is\n  a: x", ""},

		{
			"named elements", "l: [{name: a, v: 1}, {name: b, v: 2}]", "l: [{name: b, v: 3}, {name: c, v: 4}]",
			"- l[name=a]: {\"name\":\"a\",\"v\":1}\n    ~ l[name=b].v: 2 -> 3\n    + l[name=c]: {\"name\":\"c\",\"v\":4}",
		},
		{
			"named elements in another order", "l: [{name: a}, {name: b}, {name: x}]", "l: [{name: b}, {name: a}]",
			`- l[name=x]: {"name":"x"}` + "\n" + `    ~ l: order ["a","b"] -> ["b","a"]`,
		},
		{
			"one volume at two paths", "volumeMounts: [{name: v, mountPath: /a}, {name: v, mountPath: /b}]",
			"volumeMounts: [{name: v, mountPath: /a, readOnly: true}, {name: v, mountPath: /b}]",
			`+ volumeMounts[mountPath="/a"].readOnly: true`,
		},
		{
			"ports without names",
			"ports: [{containerPort: 1}]",
			"ports: [{containerPort: 1, protocol: UDP}]",
			`+ ports[containerPort=1].protocol: "UDP"`,
		},
		{"names that repeat", "l: [{name: a, v: 1}, {name: a, v: 2}]", "l: [{name: a, v: 1}, {name: a, v: 3}]", "~ l[1].v: 2 -> 3"},
		{
			"trigger by its type", "triggers: [{type: kafka, metadata: {lagThreshold: \"50\"}}]",
			"triggers: [{type: kafka, metadata: {lagThreshold: \"20\"}}]",
			`~ triggers[type=kafka].metadata.lagThreshold: "50" -> "20"`,
		},
		{"one came before", "l: [a, b, c]", "l: [z, a, b, c]", `+ l[0]: "z"`},
		{"changed behind one that came", "l: [a, b, c]", "l: [z, a, b, d]", "+ l[0]: \"z\"\n    ~ l[2->3]: \"c\" -> \"d\""},
		{"moved", "l: [a, b, c, d]", "l: [b, c, d, a]", `~ l[0->3]: moved: "a"`},
		{"list within a list", "l: [[1, 2], [3]]", "l: [[1, 2], [4]]", "~ l[1][0]: 3 -> 4"},
		{"empty to full", "l: []", "l: [{name: a}]", `+ l[name=a]: {"name":"a"}`},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			got := compared(t, configMap(tc.old), configMap(tc.new))
			want := "0 changed, 0 added, 0 removed, 1 the same\n"
			if tc.want != "" {
				want = "~ ConfigMap prod/c\n    " + tc.want + "\n1 changed, 0 added, 0 removed, 0 the same\n"
			}
			if got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

func TestTexts(t *testing.T) {
	long := strings.Repeat("x", 80)
	tests := []struct{ name, old, new, want string }{
		{
			"YAML in text", "data:\n  f.yaml: |\n    # was\n    a: {b: 1}\n    l: " +
				"[x]\n", "data:\n  f.yaml: |\n    l: [x]\n    a:\n      b: 2\n",
			"~ data[\"f.yaml\"] > a.b: 1 -> 2\n",
		},
		{"JSON in text", `data: {d: '{"title": "a"}'}`, `data: {d: '{"title": "b"}'}`, "~ data.d > title: \"a\" -> \"b\"\n"},
		{"a list in text", "data: {d: '[1, 2]'}", "data: {d: '[1, 3]'}", "~ data.d > [1]: 2 -> 3\n"},
		{
			"the same meaning in other bytes", "data:\n  f: |\n    a: 1\n    b: 2\n", "data:\n  f: |\n    # new\n    a: 1\n    b: 2\n",
			"~ data.f:\n           1 + # new\n           2   a: 1\n",
		},
		{
			"lines", "data:\n  f: |\n    one\n    two\n    three\n    four\n", "data:\n  f: |\n    one\n    2\n    three\n    four\n",
			"~ data.f:\n           1   one\n           2 - two\n           2 + 2\n           3   three\n",
		},
		{
			"the last newline", "data:\n  f: |\n    one\n    two\n", "data:\n  f: |-\n    one\n    two\n",
			"~ data.f:\n           1   one\n           2 - two\n           3 -   (no newline at the end)\n" +
				"           2 + two  (no newline at the end)\n",
		},
		{
			"long values",
			"data: {a: " + long + "1}",
			"data: {a: " + long + "2}",
			"~ data.a: ..." + strings.Repeat("x", 20) + `1" -> ...` + strings.Repeat("x", 20) + "2\"\n",
		},
		{"what a terminal would obey", `data: {a: "\e[31m"}`, `data: {a: "\u202e"}`, `~ data.a: "\u001b[31m" -> "\u202e"` + "\n"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			got := compared(t, configMap(tc.old), configMap(tc.new))
			want := "~ ConfigMap prod/c\n    " + tc.want + "1 changed, 0 added, 0 removed, 0 the same\n"
			if got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

func TestManyLines(t *testing.T) {
	got := compared(t, configMap("data:\n  f: |\n    text\n"), configMap("data:\n  f: |\n    "+strings.Repeat("line\n    ", 100)))
	if !strings.Contains(got, "... 77 more lines\n") {
		t.Errorf("got\n%s", got)
	}
}

func TestSecrets(t *testing.T) {
	old := object("v1", "Secret", "s", `stringData: {password: "opensesame", same: abc}`, "data: {gone: Z29uZQ==}")
	new := object("v1", "Secret", "s", `data: {password: c2VzYW1l, same: YWJj, json: eyJhIjogMX0=}`)
	r := report(t, old, new)
	want := "~ Secret prod/s\n    - data.gone: \"***\"\n    + data.json: \"***\"\n    ~ data.password: \"***\" -> \"***\"\n" +
		"1 changed, 0 added, 0 removed, 0 the same\n"
	if got := r.Text(Plain); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	data, err := r.JSON()
	for _, word := range []string{"sesame", "c2VzYW1l", "Z29uZQ"} {
		if err != nil || strings.Contains(string(data), word) {
			t.Errorf("JSON contains %q: %v\n%s", word, err, data)
		}
	}
	whole := compared(t, object("v1", "Secret", "s"), object("v1", "Secret", "s", "data: {p: c2VzYW1l}"))
	if !strings.Contains(whole, `+ data: {"p":"***"}`) {
		t.Errorf("got\n%s", whole)
	}
	applied := compared(
		t,
		object("v1", "Secret", "s", "type: Opaque"),
		"apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: prod, annotations: "+
			"{kubectl.kubernetes.io/last-applied-configuration: sesame}}\ntype: Opaque\n",
	)
	if strings.Contains(applied, "sesame") || !strings.Contains(applied, mask) {
		t.Errorf("got\n%s", applied)
	}
}

func TestEffects(t *testing.T) {
	tests := []struct{ name, apiVersion, kind, old, new, want string }{
		{"pod template", "apps/v1", "Deployment", "spec: {template: {a: 1}}", "spec: {template: {a: 2}}", "  (pods restart)"},
		{"what is not the template", "apps/v1", "Deployment", "spec: {replicas: 1}", "spec: {replicas: 2}", ""},
		{
			"selector",
			"apps/v1",
			"Deployment",
			"spec: {selector: {a: 1}, template: {a: 1}}",
			"spec: {selector: {a: 2}, template: {a: 2}}",
			"  (immutable: delete the object first; pods restart)",
		},
		{
			"volume claims",
			"apps/v1",
			"StatefulSet",
			"spec: {volumeClaimTemplates: [1]}",
			"spec: {volumeClaimTemplates: [2]}",
			"  (immutable: delete the object first)",
		},
		{"stateful replicas", "apps/v1", "StatefulSet", "spec: {replicas: 1}", "spec: {replicas: 2}", ""},
		{"scaling", "keda.sh/v1alpha1", "ScaledObject", "spec: {a: 1}", "spec: {a: 2}", "  (scaling only, no restart)"},
		{"job", "batch/v1", "Job", "spec: {template: {a: 1}}", "spec: {template: {a: 2}}", "  (immutable: delete the object first)"},
		{"handler", "node.k8s.io/v1", "RuntimeClass", "handler: a", "handler: b", "  (immutable: delete the object first)"},
		{
			"immutable ConfigMap",
			"v1",
			"ConfigMap",
			"immutable: true\ndata: {a: x}",
			"immutable: true\ndata: {a: y}",
			"  (immutable: delete the object first)",
		},
		{"ConfigMap", "v1", "ConfigMap", "data: {a: x}", "data: {a: y}", ""},
		{"someone else's Deployment", "example.com/v1", "Deployment", "spec: {template: {a: 1}}", "spec: {template: {a: 2}}", ""},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			got := compared(t, object(tc.apiVersion, tc.kind, "x", tc.old), object(tc.apiVersion, tc.kind, "x", tc.new))
			want := "~ " + tc.kind + " prod/x" + tc.want + "\n"
			if !strings.HasPrefix(got, want) {
				t.Errorf("got\n%swant\n%s", got, want)
			}
			if restart := strings.Contains(got, "; pods restart: x\n"); restart != strings.Contains(tc.want, "pods restart") {
				t.Errorf("summary of\n%s", got)
			}
		})
	}
}

// TestSeveralDocuments: a text of several documents is compared line by line.
func TestSeveralDocuments(t *testing.T) {
	r := report(t, configMap("data: {f: \"a: 1\\n---\\na: 2\\n\"}"), configMap("data: {f: \"a: 1\\n---\\na: 3\\n\"}"))
	if fields := r.Objects[0].Fields; len(fields) != 1 || fields[0].Path != "data.f" || len(fields[0].Lines) != 3 {
		t.Errorf("got %+v", fields)
	}
	r = report(t, configMap("data: {f: \"---\\na: 2\\n\"}"), configMap("data: {f: \"---\\na: 3\\n\"}"))
	if fields := r.Objects[0].Fields; len(fields) != 1 || fields[0].Path != "data.f > a" {
		t.Errorf("got %+v", fields)
	}
}
