// SPDX-License-Identifier: Apache-2.0

package overlay

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/konfig"
)

// stream is what Helm passes to a post-renderer, including an ordinary object and a
// hook with the same name.
const stream = `apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  annotations:
    postrenderer.helm.sh/postrender-filename: shop/templates/settings.yaml
data:
  key: value
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  annotations:
    helm.sh/hook: pre-install
    postrenderer.helm.sh/postrender-filename: shop/templates/hook.yaml
data:
  key: early
---
apiVersion: batch/v1
kind: Job
metadata:
  generateName: once-
  annotations:
    postrenderer.helm.sh/postrender-filename: shop/templates/job.yaml
---
apiVersion: v1
kind: Secret
metadata:
  name: plain
stringData:
  a: "yes"
`

// read decodes the objects of a stream.
func read(t *testing.T, out []byte) []map[string]any {
	t.Helper()
	var list []map[string]any
	d := yaml.NewDecoder(strings.NewReader(string(out)))
	for {
		var o map[string]any
		if d.Decode(&o) != nil {
			return list
		}
		list = append(list, o)
	}
}

func TestApply(t *testing.T) {
	fsys := tree(t, map[string]string{
		"/o/kustomization.yaml": "namePrefix: dev-\nresources: [own.yaml]\npatches: [{path: p.yaml}]\n",
		"/o/own.yaml":           strings.Replace(configMap, "settings", "own", 1),
		"/o/p.yaml":             "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {added: \"1\"}\n",
	})
	out, err := Apply(fsys, []byte(stream), "/o", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(out), mark) {
		t.Errorf("the mark is left:\n%s", out)
	}
	var got []string
	for _, o := range read(t, out) {
		metadata := o["metadata"].(map[string]any)
		name, _ := metadata["name"].(string)
		annotations, _ := metadata["annotations"].(map[string]any)
		data, _ := o["data"].(map[string]any)
		file, _ := annotations["postrenderer.helm.sh/postrender-filename"].(string)
		key, _ := data["key"].(string)
		added, _ := data["added"].(string)
		got = append(got, strings.Join([]string{o["kind"].(string), name, file, key, added}, " "))
	}
	want := []string{
		"Secret dev-plain   ",
		"ConfigMap dev-own  value ",
		"ConfigMap dev-settings shop/templates/settings.yaml value 1",
		"ConfigMap dev-settings shop/templates/hook.yaml early 1",
		"Job  shop/templates/job.yaml  ",
	}
	sortless := func(list []string) string { return strings.Join(list, "\n") }
	for _, line := range want {
		if !strings.Contains("\n"+sortless(got)+"\n", "\n"+line+"\n") {
			t.Errorf("no line %q in\n%s", line, sortless(got))
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d objects, want %d:\n%s", len(got), len(want), sortless(got))
	}
	if secret := read(t, out)[0]; strings.Contains(string(out), "annotations: {}") {
		t.Errorf("an empty mapping is left: %v", secret)
	}
}

// References follow names, as in any kustomization, and an overlay may list the
// stream among its resources. So may a Component.
func TestApplyComponent(t *testing.T) {
	const uses = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: 'app:1', envFrom: " +
		"[{configMapRef: {name: settings}}]}]}\n"
	for _, kustomization := range []string{
		"apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnameSuffix: -x\nimages: [{name: app, newTag: \"2\"}]\n",
		"resources: [helm-wasm-stream.yaml]\nnameSuffix: -x\nimages: [{name: app, newTag: \"2\"}]\n",
		"nameSuffix: -x\nimages: [{name: app, newTag: \"2\"}]\nresources:\n",
	} {
		fsys := tree(t, map[string]string{"/o/kustomization.yml": kustomization})
		out, err := Apply(fsys, []byte(configMap+"---\n"+uses), "/o", Options{})
		if err != nil {
			t.Errorf("%s: %v", kustomization, err)
			continue
		}
		for _, want := range []string{"name: settings-x", "name: p-x", "app:2"} {
			if !strings.Contains(string(out), want) {
				t.Errorf("%s: no %q in\n%s", kustomization, want, out)
			}
		}
		if strings.Count(string(out), "settings-x") != 2 {
			t.Errorf("%s: the reference did not follow:\n%s", kustomization, out)
		}
	}
}

func TestApplyMessages(t *testing.T) {
	tests := []struct{ name, kustomization, stream, want string }{
		{"no object", "resources: []\n", "a: 1\n", "reading the manifests: document 1 is not a Kubernetes object"},
		{
			"many",
			"resources: []\n",
			strings.Repeat(configMap+"---\n", 9),
			`reading the manifests: more than 8 objects are ConfigMap "settings": one object`,
		},
		{"broken", "resources: []\n", "a: [\n", "reading the manifests: "},
		{
			"circle",
			"resources: []\n",
			configMap + "x: &x [*x]\n",
			"reading the manifests: aliases such as *name expand to more than 100000 values, or to a value that contains them",
		},
		{
			"laughs",
			"resources: []\n",
			configMap + "a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]\n" + laughs("ab") + laughs("bc") + laughs("cd") + laughs("de"),
			"reading the manifests: aliases such as *name",
		},
		{"no list", "resources: []\n", "apiVersion: v1\nkind: XList\nmetadata: {name: x}\nitems: 1\n", `building overlay "/o": `},
		{
			"patch",
			"patches: [{patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name: other}}'}]\n",
			configMap,
			`building overlay "/o": a patch is for ConfigMap/other`,
		},
		{"own", "resources: [missing.yaml]\n", configMap, `building overlay "/o": `},
		{"list", "[1]\n", configMap, `building overlay "/o": reading "/o/kustomization.yaml": it does not contain a mapping`},
		{"no YAML", "a: [\n", configMap, `building overlay "/o": reading "/o/kustomization.yaml": yaml: `},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fsys := tree(t, map[string]string{"/o/kustomization.yaml": tt.kustomization})
			if out, err := Apply(fsys, []byte(tt.stream), "/o", Options{}); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %v, want %s (%s)", err, tt.want, out)
			}
		})
	}
	if _, err := Apply(tree(t, nil), nil, "/none", Options{}); err == nil || !strings.Contains(err.Error(), `"/none" is not a directory`) {
		t.Errorf("got %v", err)
	}
	if _, err := Apply(tree(t, map[string]string{"/o/a": ""}), nil, "/o", Options{}); err == nil ||
		!strings.Contains(err.Error(), `does not contain a kustomization.yaml`) {
		t.Errorf("got %v", err)
	}
}

// laughs returns a key of ten aliases: laughs("ab") makes b from a.
func laughs(keys string) string {
	return keys[1:] + ": &" + keys[1:] + " [" + strings.Repeat("*"+keys[:1]+", ", 10) + "]\n"
}

// The objects in a List are changed, wherever the List is.
func TestApplyList(t *testing.T) {
	const items = "items: [{apiVersion: v1, kind: Secret, metadata: {name: a}}, {apiVersion: v1, kind: List, items: [{apiVersion: v1, " +
		"kind: Pod, metadata: {name: b}}]}]\n"
	fsys := tree(t, map[string]string{"/o/kustomization.yaml": "namePrefix: dev-\n"})
	for _, list := range []string{
		"apiVersion: v1\nkind: List\n" + items,
		"apiVersion: v1\nkind: List\n" + items + "---\n" + configMap,
		"apiVersion: v1\nkind: SecretList\nmetadata: {name: x}\n" + items,
		"apiVersion: v1\nkind: SecretList\nmetadata: {resourceVersion: \"1\"}\n" + items,
		"apiVersion: v1\nkind: List\nitems:\n---\napiVersion: v1\nkind: List\n" + items,
	} {
		out, err := Apply(fsys, []byte(list), "/o", Options{})
		if err != nil {
			t.Errorf("%s: %v", list, err)
			continue
		}
		if text := string(out); strings.Contains(text, "List") || !strings.Contains(text, "dev-a") || !strings.Contains(text, "dev-b") {
			t.Errorf("%s became\n%s", list, text)
		}
	}
}

// FuzzApply looks for streams that crash the program, and for objects that are lost
// or added without reason.
func FuzzApply(f *testing.F) {
	f.Add(stream)
	f.Add(configMap)
	f.Add("---\n---\n")
	f.Add("apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n")
	f.Add("apiVersion: v1\nkind: List\nitems:\n---\n")
	f.Add("apiVersion: v1\nkind: AList\nmetadata: {name: a}\nitems: []\n")
	f.Add("apiVersion: v1\nkind: A\nmetadata: {name: a, annotations: {config.kubernetes.io/local-config: 'true'}}\n")
	f.Add("apiVersion: v1\nkind: A\nmetadata: &m {name: a, x: *m}\n")
	f.Fuzz(func(t *testing.T, text string) {
		// An empty schema: reading the built-in one is most of the time otherwise.
		fsys := tree(
			t,
			map[string]string{"/o/kustomization.yaml": "labels: [{pairs: {a: b}}]\nopenapi: {path: s.json}\n", "/o/s.json": "{}"},
		)
		before, err := parse([]byte(text))
		if err != nil {
			return
		}
		out, err := Apply(fsys, []byte(text), "/o", Options{})
		if err != nil {
			return
		}
		after, err := parse(out)
		if err != nil {
			t.Fatalf("the result cannot be read: %v\n%s", err, out)
		}
		want := len(before.named) + len(before.nameless)
		for _, n := range before.named {
			// Kustomize treats such an object as local configuration.
			if local, ok := n.GetAnnotations()[konfig.IgnoredByKustomizeAnnotation]; ok && local != "false" {
				want--
			}
		}
		if have := len(after.named) + len(after.nameless); have != want {
			t.Errorf("%d objects of %d:\n%s", have, want, out)
		}
	})
}
