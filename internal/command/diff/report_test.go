// SPDX-License-Identifier: Apache-2.0

package diff

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestObjects(t *testing.T) {
	tests := []struct{ name, old, new, want string }{
		{
			"added, removed, in order",
			object("v1", "ConfigMap", "b") + object("v1", "Service", "z") + object("v1", "ConfigMap", "same"),
			object("v1", "ConfigMap", "same") + object("apps/v1", "Deployment", "d") + object("v1", "ConfigMap", "a"),
			"+ ConfigMap prod/a\n- ConfigMap prod/b\n+ Deployment prod/d\n- Service prod/z\n0 changed, 2 added, 2 removed, 1 the same\n",
		},
		{
			"another version of the group",
			object("autoscaling/v2beta2", "HorizontalPodAutoscaler", "h"), object("autoscaling/v2", "HorizontalPodAutoscaler", "h"),
			"~ HorizontalPodAutoscaler prod/h\n    ~ apiVersion: \"autoscaling/v2beta2\" -> \"autoscaling/v2\"\n" +
				"1 changed, 0 added, 0 removed, 0 the same\n",
		},
		{
			"another group",
			object("keda.sh/v1", "X", "x"), object("example.com/v1", "X", "x"),
			"+ X prod/x\n- X prod/x\n0 changed, 1 added, 1 removed, 0 the same\n",
		},
		{
			"no namespace on one side",
			"{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}", object("v1", "ConfigMap", "c"),
			"~ ConfigMap prod/c\n    + metadata.namespace: \"prod\"\n1 changed, 0 added, 0 removed, 0 the same\n",
		},
		{
			"no namespace on either",
			"{apiVersion: v1, kind: Namespace, metadata: {name: c}}", "{apiVersion: v1, kind: Namespace, metadata: {name: c}}",
			"0 changed, 0 added, 0 removed, 1 the same\n",
		},
		{
			"a List",
			"{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: prod}}]}",
			object("v1", "ConfigMap", "c"),
			"0 changed, 0 added, 0 removed, 1 the same\n",
		},
		{
			"another namespace and release",
			"{apiVersion: v1, kind: A, metadata: {name: a, namespace: dev, labels: {app.kubernetes.io/instance: one}}}",
			"{apiVersion: v1, kind: A, metadata: {name: b, namespace: prod, labels: {app.kubernetes.io/instance: two}}}",
			"- A dev/a\n+ A prod/b\n" + `note: no object is on both sides: the old side is of release "one" and namespace "dev", the new ` +
				`one of release "two" and namespace "prod"; --release and --namespace say what values are rendered for` +
				"\n0 changed, 1 added, 1 removed, 0 the same\n",
		},
		{"nothing", "", "---\n# nothing\n---\n", "0 changed, 0 added, 0 removed, 0 the same\n"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			if got := compared(t, tc.old, tc.new); got != tc.want {
				t.Errorf("got\n%swant\n%s", got, tc.want)
			}
		})
	}
}

func TestReadErrors(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"broken document", object("v1", "A", "a") + "---\na: [\n", "m.yaml, document 3: yaml: line 7: did not find expected node content"},
		{
			"a key twice",
			"apiVersion: v1\nkind: A\nkind: B\nmetadata: {name: a}\n",
			`m.yaml: yaml: unmarshal errors:` + "\n" + `  line 3: key "kind" already set in map`,
		},
		{
			"a key twice as text",
			"apiVersion: v1\nkind: A\nmetadata: {name: a}\ndata: {1: a, \"1\": b}\n",
			`m.yaml: two keys of a mapping are the same as text, as 1 and "1" are: remove one`,
		},
		{
			"deep",
			"apiVersion: v1\nkind: A\nmetadata: {name: a}\ndata: " + strings.Repeat("[", 257) + strings.Repeat("]", 257) + "\n",
			"m.yaml: lists and mappings are nested more than 256 deep",
		},
		{"no mapping", "- a\n", "m.yaml: not a Kubernetes object but a list: only manifests can be compared"},
		{"values", "functions: {}\n", "m.yaml: has neither apiVersion nor kind, so it is not a manifest: leave it out of the comparison"},
		{"no kind", "apiVersion: v1\nmetadata: {name: a}\n", `m.yaml: an object of apiVersion "v1" has no kind`},
		{"no apiVersion", "kind: A\nmetadata: {name: a}\n", "m.yaml: A has no apiVersion"},
		{"no name", "apiVersion: v1\nkind: A\n", "m.yaml: A has no metadata.name"},
		{"in a List", "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: A}]\n", "m.yaml, items[0]: A has no metadata.name"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			objects, err := Read("m.yaml", []byte(tc.text))
			if err == nil || err.Error() != tc.want || objects != nil {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}

func TestTwice(t *testing.T) {
	twice := append(read(t, "a.yaml", configMap()), read(t, "b.yaml", configMap()+configMap("data: {}"))[1:]...)
	_, err := Compare(twice, nil, "")
	want := "ConfigMap prod/c is there twice, in a.yaml, document 2 and in b.yaml, document 3, but a cluster can have only one: " +
		"remove or rename the other"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestJSON(t *testing.T) {
	r := report(t, configMap("data: {a: x, b: <y>}"), configMap("data: {a: z, c: null}")+object("apps/v1", "Deployment", "d"))
	data, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Changed, Added, Removed, Same int
		Objects                       []struct {
			Change, APIVersion, Kind, Namespace, Name string
			Fields                                    []map[string]any
		}
	}
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	want := `{1 1 0 0 [{changed v1 ConfigMap prod c [map[change:changed new:z old:x path:data.a] map[change:removed old:<y> ` +
		`path:data.b] map[change:added new:<nil> path:data.c]]} {added apps/v1 Deployment prod d []}]}`
	if text := fmt.Sprint(got); text != want {
		t.Errorf("got %s\nwant %s", text, want)
	}
	if !strings.Contains(string(data), `"<y>"`) || !strings.Contains(string(data), `"new": null`) {
		t.Errorf("got %s", data)
	}
}

func TestColour(t *testing.T) {
	got := report(t, configMap("data: {a: x}"), configMap("data: {a: z}")).Text(Colourful)
	for _, want := range []string{"\x1b[33m~ ConfigMap prod/c\x1b[0m\n", "\x1b[31m\"x\"\x1b[0m -> \x1b[32m\"z\"\x1b[0m"} {
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
	got = report(t, configMap("data: {a: \"1\\n2\\n\"}"), configMap("data: {a: \"1\\n3\\n\"}")).Text(Colourful)
	if want := "           1   1\n           2 \x1b[31m- 2\x1b[0m\n"; !strings.Contains(got, want) {
		t.Errorf("got %q, want %q in it", got, want)
	}
}
