// SPDX-License-Identifier: Apache-2.0

package render

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/stack/values"
)

func renderText(t *testing.T, text string, opts Options) (Rendered, error) {
	t.Helper()
	doc, err := values.Parse("values.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	before := cloneTree(doc.Tree())
	r, err := Render(doc, opts)
	if !reflect.DeepEqual(before, doc.Tree()) {
		t.Error("Render changed the document")
	}
	return r, err
}

const twoFunctions = `
kafka: {mode: external, bootstrapServers: ["k:9092"]}
functions:
  b: {module: {image: "x/y:1"}, source: {topic: t}}
  a: {module: {image: "x/y:1"}, source: {topic: t}}
`

func TestRenderNoHooks(t *testing.T) {
	opts := Options{Scope: All}
	with, err := renderText(t, "keda: {enabled: true}\n"+twoFunctions, opts)
	if err != nil {
		t.Fatal(err)
	}
	opts.NoHooks = true
	without, err := renderText(t, "keda: {enabled: true}\n"+twoFunctions, opts)
	if err != nil {
		t.Fatal(err)
	}
	names := strings.Join(without.Names(), " ")
	if !strings.HasPrefix(strings.Join(with.Names(), " "), names+" ") || len(with.Names())-len(without.Names()) != 6 {
		t.Errorf("with hooks %v\nwithout %v", with.Names(), names)
	}
	text := without.Manifests()
	if !strings.HasPrefix(with.Manifests(), text) || strings.Contains(text, "helm.sh/hook") || !strings.Contains(text, "ScaledObject") {
		t.Errorf("got\n%s", text)
	}
}

func TestRender(t *testing.T) {
	r, err := renderText(t, twoFunctions, Options{Release: "shop", Namespace: "prod"})
	if err != nil {
		t.Fatal(err)
	}
	want := "ServiceAccount/shop-a ServiceAccount/shop-b ConfigMap/shop-a ConfigMap/shop-b Deployment/shop-a " +
		"Deployment/shop-b ScaledObject/shop-a ScaledObject/shop-b"
	if got := strings.Join(r.Names(), " "); got != want {
		t.Errorf("Names:\n got %s\nwant %s", got, want)
	}
	for _, o := range r.Objects() {
		if o.Namespace != "prod" {
			t.Errorf("%s/%s is in namespace %q", o.Kind, o.Name, o.Namespace)
		}
	}
	if n := strings.Count(r.Manifests(), "\n# Source: wasm-keda-stack/templates/functions.yaml\n"); n != 8 {
		t.Errorf("Manifests has %d objects, want 8", n)
	}
	text, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var list struct {
		Kind  string
		Items []struct{ Kind string }
	}
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	if list.Kind != "List" || len(list.Items) != 8 || list.Items[7].Kind != "ScaledObject" {
		t.Errorf("JSON: %+v", list)
	}
}

func TestRenderTwiceIsTheSame(t *testing.T) {
	for _, scope := range []Scope{Functions, All} {
		one, err := renderText(t, twoFunctions, Options{Scope: scope})
		if err != nil {
			t.Fatal(err)
		}
		two, err := renderText(t, twoFunctions, Options{Scope: scope})
		if err != nil || one.Manifests() != two.Manifests() {
			t.Errorf("scope %d: two runs differ (%v)", scope, err)
		}
	}
}

func TestRenderSaysWhatTheChartRefuses(t *testing.T) {
	_, err := renderText(t, `{kafka: {mode: nats}, functions: {f: {module: {image: x}, source: {topic: t}}}}`, Options{})
	if err == nil || !strings.HasPrefix(err.Error(), "execution error at (wasm-keda-stack/templates/scaler.yaml:") ||
		!strings.HasSuffix(err.Error(), `kafka.mode "nats" is unknown: use bundled, strimzi or external`) {
		t.Errorf("error: %v", err)
	}
}

func TestSplitManifests(t *testing.T) {
	got := splitManifests("\n\n--- \na: 1\n---\n# only\n--- b: 2\nt: |\n  ---\n---\n\n---c: 3")
	want := []string{"a: 1\n", "# only\n", "b: 2\nt: |\n  ---\n", "c: 3"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("splitManifests = %q, want %q", got, want)
	}
}

func TestHooksComeLast(t *testing.T) {
	r := Rendered{scope: All, Files: map[string]string{
		"c/templates/a.yaml": "kind: Job\nmetadata:\n  name: h\n  annotations:\n    \"helm.sh/hook\": pre-delete\n---\n" +
			"kind: Zebra\nmetadata: {name: z}\n",
		"c/templates/b.yaml": "apiVersion: v1\nkind: Service\nmetadata:\n  name: s\n",
	}}
	if got := strings.Join(r.Names(), " "); got != "Service/s Zebra/ Job/h" {
		t.Errorf("Names = %s", got)
	}
}

func TestCoalesce(t *testing.T) {
	tests := []struct {
		name, values, defaults, want string
	}{
		{"maps merge", `{a: {x: 1}}`, `{a: {x: 0, y: 2}, b: 3}`, `{a: {x: 1, y: 2}, b: 3}`},
		{"lists are replaced", `{a: [1]}`, `{a: [2, 3]}`, `{a: [1]}`},
		{"null removes a default", `{a: null, b: {x: null}}`, `{a: 1, b: {x: 1, y: 2}}`, `{b: {y: 2}}`},
		{"null without a default stays", `{a: null, b: {z: null}}`, `{b: {y: 2}}`, `{a: null, b: {y: 2, z: null}, sub: {global: {}}}`},
		{"a scalar replaces a map", `{a: 1}`, `{a: {x: 1}}`, `{a: 1}`},
		{"a map replaces a scalar", `{a: {x: 1}}`, `{a: 1}`, `{a: {x: 1}}`},
		{"null defaults vanish", `{}`, `{a: null, b: {c: null, d: 1}}`, `{b: {d: 1}}`},
		{
			"globals reach the subchart", `{global: {r: m, deep: {a: 1}}, sub: {global: {deep: {a: 2, b: 3}}}}`, `{}`,
			`{global: {r: m, deep: {a: 1}}, sub: {global: {r: m, deep: {a: 1, b: 3}}}}`,
		},
		{"a subchart keeps null", `{sub: {x: null}}`, `{sub: {x: 1, y: 2}}`, `{sub: {x: null, y: 2, global: {}}}`},
	}
	tree := func(text string) map[string]any {
		d, err := values.Parse("t", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return cloneTree(d.Tree())
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			want := tree(tc.want)
			if _, ok := want["sub"]; !ok {
				want["sub"] = map[string]any{"global": map[string]any{}}
			}
			got := coalesce(tree(tc.values), tree(tc.defaults), []string{"sub"})
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got  %v\nwant %v", got, want)
			}
		})
	}
}
