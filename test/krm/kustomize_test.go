// SPDX-License-Identifier: Apache-2.0

package krm

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/helm-wasm/helm-wasm/stack"
)

// objects returns the documents of a stream, by kind and name.
func objects(t *testing.T, stream string) map[string]any {
	t.Helper()
	all := map[string]any{}
	for _, doc := range strings.Split("\n"+stream, "\n---\n") {
		var o map[string]any
		if err := yaml.Unmarshal([]byte(doc), &o); err != nil {
			t.Fatalf("%v\n%s", err, doc)
		}
		if o == nil {
			continue
		}
		name := o["kind"].(string) + "/" + o["metadata"].(map[string]any)["name"].(string)
		if all[name] != nil {
			t.Errorf("%s is there twice", name)
		}
		all[name] = o
	}
	return all
}

// rendered returns what the values of a WasmStack render to.
func rendered(t *testing.T, values string, opts stack.RenderOptions) map[string]any {
	t.Helper()
	doc, err := stack.Parse("values", []byte(values))
	if err != nil {
		t.Fatal(err)
	}
	r, err := stack.Render(doc, opts)
	if err != nil {
		t.Fatal(err)
	}
	return objects(t, r.Manifests())
}

// specOf returns the spec of an example, as a values file.
func specOf(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "kustomize", "krm", "example", name))
	if err != nil {
		t.Fatal(err)
	}
	_, spec, ok := strings.Cut(string(data), "\nspec:\n")
	if !ok {
		t.Fatalf("%s has no spec", name)
	}
	return "# values\n" + strings.ReplaceAll("\n"+spec, "\n  ", "\n")
}

func same(t *testing.T, got, want map[string]any) {
	t.Helper()
	for name, o := range want {
		if !reflect.DeepEqual(got[name], o) {
			t.Errorf("%s is\n%v\nwant\n%v", name, got[name], o)
		}
	}
	for name := range got {
		if want[name] == nil {
			t.Errorf("%s should not be there", name)
		}
	}
}

// TestGenerator: the generator's objects are those that render makes.
func TestGenerator(t *testing.T) {
	want := rendered(t, specOf(t, "generated/stack.yaml"), stack.RenderOptions{Release: "shop", Namespace: "prod"})
	each(t, func(t *testing.T, program string, h host) {
		r := build(program, filepath.Join(examples(t, h), "example", "generated"))
		if r.err != nil {
			t.Fatal(r)
		}
		t.Logf("took %v", r.took)
		same(t, objects(t, r.stdout), want)
	})
}

// TestTransformer: patches, prefix, namespace and labels of the overlay change
// the WasmStack, so names within and consumer groups follow.
func TestTransformer(t *testing.T) {
	values := specOf(t, "base/stack.yaml") + "\ncommonLabels: {team: shop}\n"
	doc, err := stack.Parse("values", []byte(values))
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range []string{
		"functions.enrich-orders.scaling.maxReplicas=12",
		"functions.enrich-orders.module.image=ghcr.io/helm-wasm/functions/enrich-orders@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	} {
		if err := doc.Set(set); err != nil {
			t.Fatal(err)
		}
	}
	made, err := stack.Render(doc, stack.RenderOptions{Release: "eu-shop", Namespace: "prod"})
	if err != nil {
		t.Fatal(err)
	}
	want := objects(t, made.Manifests())
	if want["ScaledObject/eu-shop-enrich-orders"] == nil {
		t.Fatalf("render makes %v", made.Names())
	}
	each(t, func(t *testing.T, program string, h host) {
		dir := filepath.Join(examples(t, h), "example", "prod")
		r := build(program, dir)
		if r.err != nil {
			t.Fatal(r)
		}
		same(t, objects(t, r.stdout), want)
	})
}

// TestExpandedTwice: an overlay of an overlay names the transformer again, and adds
// objects that are not ours.
func TestExpandedTwice(t *testing.T) {
	each(t, func(t *testing.T, program string, h host) {
		dir := examples(t, h)
		once := build(program, filepath.Join(dir, "example", "prod"))
		if once.err != nil {
			t.Fatal(once)
		}
		top := filepath.Join(dir, "example", "top")
		if err := os.Mkdir(top, 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(top, "kustomization.yaml"), "resources: [../prod, mine.yaml]\ntransformers: [../../"+h.declared+"]\n")
		write(t, filepath.Join(top, "mine.yaml"),
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: mine}\ndata: {a: \"- b\\n\\tc\\n\"}\n")
		r := build(program, top)
		if r.err != nil {
			t.Fatal(r)
		}
		want := objects(t, once.stdout)
		want["ConfigMap/mine"] = map[string]any{
			"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "mine"}, "data": map[string]any{"a": "- b\n\tc\n"},
		}
		same(t, objects(t, r.stdout), want)
	})
}

// TestPrefixedAbove: finished objects can have a prefix added too, given the base's table
// of references; what is not a name stays.
func TestPrefixedAbove(t *testing.T) {
	references, err := os.ReadFile(filepath.Join(root, "kustomize", "base", "references.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, program string, h host) {
		top := filepath.Join(examples(t, h), "example", "top")
		if err := os.Mkdir(top, 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(top, "kustomization.yaml"), "resources: [../prod]\nnamePrefix: top-\nconfigurations: [references.yaml]\n")
		write(t, filepath.Join(top, "references.yaml"), string(references))
		r := build(program, top)
		if r.err != nil {
			t.Fatal(r)
		}
		all := objects(t, r.stdout)
		scaled, ok := all["ScaledObject/top-eu-shop-enrich-orders"].(map[string]any)
		if !ok || all["Deployment/top-eu-shop-enrich-orders"] == nil {
			t.Fatal(r)
		}
		spec := scaled["spec"].(map[string]any)
		trigger := spec["triggers"].([]any)[0].(map[string]any)["metadata"].(map[string]any)
		if target := spec["scaleTargetRef"].(map[string]any)["name"]; target != "top-eu-shop-enrich-orders" ||
			trigger["consumerGroup"] != "prod.eu-shop-enrich-orders" {
			t.Errorf("it scales %v by the group %v", target, trigger["consumerGroup"])
		}
	})
}

// TestOwnBuild: helm-wasm build gives what kustomize build gives.
func TestOwnBuild(t *testing.T) {
	newest := kustomizes[len(kustomizes)-1]
	for _, h := range hosts[:2] {
		dir := filepath.Join(examples(t, h), "example", "prod")
		want := build(newest, dir)
		got := run(dir, nil, filepath.Join(bin, "helm-wasm"), "build", "--allow-exec", dir)
		if want.err != nil || got.err != nil || got.stdout != want.stdout {
			t.Errorf("%v\n%v", want, got)
		}
	}
}

// TestMistakes: kustomize stops and prints nothing, and the message says what is wrong.
func TestMistakes(t *testing.T) {
	for name, tc := range map[string]struct{ patch, want string }{
		"a value": {
			"spec: {functions: {enrich-orders: {scaling: {maxReplicas: 12, lagTreshold: 5}}}}",
			`spec.functions.enrich-orders.scaling.lagTreshold: unknown key "lagTreshold"; did you mean lagThreshold?`,
		},
		"a field": {"options: {scop: all}", `options.scop: unknown key "scop"; did you mean scope?`},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, program string, h host) {
				dir := filepath.Join(examples(t, h), "example", "prod")
				write(t, filepath.Join(dir, "values.yaml"),
					"apiVersion: helm-wasm.dev/v1alpha1\nkind: WasmStack\nmetadata: {name: shop}\n"+tc.patch+"\n")
				r := build(program, dir)
				if r.err == nil || r.stdout != "" || !strings.Contains(r.stderr, tc.want) ||
					!strings.Contains(r.stderr, `WasmStack "eu-shop"`) {
					t.Error(r)
				}
			})
		})
	}
}
