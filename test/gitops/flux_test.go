// SPDX-License-Identifier: Apache-2.0

package gitops

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	helmv2 "github.com/fluxcd/helm-controller/api/v2"
	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	"github.com/fluxcd/pkg/kustomize"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"
)

// decoded decodes an object of the guide strictly, with Flux's types and kustomize's. It
// reports whether it knows the kind.
func decoded(u *unstructured.Unstructured, data []byte) (any, bool, error) {
	var into any
	switch u.GetAPIVersion() + "/" + u.GetKind() {
	case "helm.toolkit.fluxcd.io/v2/HelmRelease":
		into = &helmv2.HelmRelease{}
	case "source.toolkit.fluxcd.io/v1/HelmRepository":
		into = &sourcev1.HelmRepository{}
	case "source.toolkit.fluxcd.io/v1/OCIRepository":
		into = &sourcev1.OCIRepository{}
	case "source.toolkit.fluxcd.io/v1/GitRepository":
		into = &sourcev1.GitRepository{}
	case "kustomize.toolkit.fluxcd.io/v1/Kustomization":
		into = &kustomizev1.Kustomization{}
	case "kustomize.config.k8s.io/v1beta1/Kustomization":
		into = &types.Kustomization{}
	case "v1/Namespace":
		into = &corev1.Namespace{}
	default:
		return nil, false, nil
	}
	return into, true, yaml.UnmarshalStrict(data, into)
}

// TestFluxFiles: Flux's types accept every file, and what names another object finds it.
func TestFluxFiles(t *testing.T) {
	p := read(t)
	var kustomizations []*kustomizev1.Kustomization
	known := map[string]bool{}
	for _, file := range slices.Sorted(maps.Keys(p.files)) {
		if file == "shop/stack.yaml" || strings.HasPrefix(file, "argocd/") {
			continue
		}
		for _, u := range objects(t, p.files[file]) {
			object, ok, err := decoded(u, manifest(t, u))
			if !ok || err != nil {
				t.Errorf("%s: %s: known %v, %v", file, name(u), ok, err)
				continue
			}
			known[name(u)] = true
			if k, ok := object.(*kustomizev1.Kustomization); ok {
				kustomizations = append(kustomizations, k)
			}
		}
	}
	if len(kustomizations) != 4 {
		t.Errorf("%d Kustomizations", len(kustomizations))
	}
	for _, k := range kustomizations {
		for _, d := range k.Spec.DependsOn {
			if !known["Kustomization/"+d.Name] {
				t.Errorf("%s depends on %s, which is not there", k.Name, d.Name)
			}
		}
		if ref := k.Spec.SourceRef; !known[ref.Kind+"/"+ref.Name] {
			t.Errorf("%s has no source %s", k.Name, ref.Name)
		}
	}
}

// fluxBuild builds a directory of a repository as kustomize-controller does:
// it generates a kustomization where there is none.
func fluxBuild(t *testing.T, dir, path string, spec map[string]any) []*unstructured.Unstructured {
	t.Helper()
	k := unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization",
		"metadata": map[string]any{"name": "shop", "namespace": "flux-system"}, "spec": spec,
	}}
	full := filepath.Join(dir, path)
	if _, err := kustomize.NewGenerator(dir, k).WriteFile(full); err != nil {
		t.Fatal(err)
	}
	res, err := kustomize.SecureBuild(dir, full, false)
	if err != nil {
		t.Fatal(err)
	}
	var list []*unstructured.Unstructured
	for _, r := range res.Resources() {
		if s, err := kustomize.SubstituteVariables(context.Background(), nil, k, r); err != nil {
			t.Fatal(err)
		} else if s != nil {
			r = s
		}
		data, err := r.AsYAML()
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, objects(t, string(data))...)
	}
	return list
}

// stream returns a stream of objects, for helm-wasm diff.
func stream(t *testing.T, list []*unstructured.Unstructured) string {
	t.Helper()
	var b strings.Builder
	for _, u := range list {
		b.WriteString("---\n")
		b.Write(manifest(t, u))
	}
	return b.String()
}

// TestFluxPaths: every path of the guide's Kustomizations builds; the manifests give what
// the values render, and the overlay what it says.
func TestFluxPaths(t *testing.T) {
	dir, _ := followed(t)
	rendered := fluxBuild(t, dir, "shop/manifests", map[string]any{"prune": true})
	must(t, dir, stream(t, rendered), "helm-wasm", "diff", "--check", "--all", "--no-hooks",
		"--release", "shop", "--namespace", "shop", "-f", "shop/stack.yaml", "-")
	for _, u := range fluxBuild(t, dir, "shop/overlays/prod", map[string]any{"prune": true}) {
		if most, _, _ := unstructured.NestedInt64(u.Object, "spec", "maxReplicaCount"); u.GetKind() == "ScaledObject" && most != 24 {
			t.Errorf("%s goes to %d replicas", name(u), most)
		}
	}
	for path, want := range map[string]int{"flux/keda": 3, "flux/shop": 1} {
		if list := fluxBuild(t, dir, path, map[string]any{}); len(list) != want {
			t.Errorf("%s: %d objects, want %d", path, len(list), want)
		}
	}
	// Without a kustomization Flux writes one.
	if err := os.Remove(filepath.Join(dir, "shop/manifests/kustomization.yaml")); err != nil {
		t.Fatal(err)
	}
	if list := fluxBuild(t, dir, "shop/manifests", map[string]any{}); len(list) != len(rendered) {
		t.Errorf("%d objects by a generated kustomization, %d by ours", len(list), len(rendered))
	}
}

// TestFluxChart: the HelmRelease's values and chart give what helm-wasm renders.
func TestFluxChart(t *testing.T) {
	dir, address := followed(t)
	var release helmv2.HelmRelease
	var repository sourcev1.OCIRepository
	values := map[string]string{}
	for _, u := range fluxBuild(t, dir, "shop", map[string]any{}) {
		var err error
		switch u.GetKind() {
		case "HelmRelease":
			err = yaml.UnmarshalStrict(manifest(t, u), &release)
		case "OCIRepository":
			err = yaml.UnmarshalStrict(manifest(t, u), &repository)
		case "ConfigMap":
			data, _, _ := unstructured.NestedStringMap(u.Object, "data")
			values[u.GetName()] = data["stack.yaml"]
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if release.Spec.ChartRef == nil || release.Spec.ChartRef.Name != repository.Name || len(release.Spec.ValuesFrom) != 1 {
		t.Fatalf("%+v", release.Spec)
	}
	from := release.Spec.ValuesFrom[0]
	if from.Kind != "ConfigMap" || from.ValuesKey != "stack.yaml" || values[from.Name] == "" {
		t.Fatalf("%+v, %v", from, values)
	}
	file := filepath.Join(t.TempDir(), "values.yaml")
	if err := os.WriteFile(file, []byte(values[from.Name]), 0o644); err != nil {
		t.Fatal(err)
	}
	url := strings.Replace(repository.Spec.URL, host, address, 1)
	rendered := must(t, dir, "", "helm", "template", release.GetReleaseName(), url, "--version", repository.Spec.Reference.Tag,
		"--plain-http", "--namespace", release.GetReleaseNamespace(), "--include-crds", "-f", file)
	must(t, dir, rendered, "helm-wasm", "diff", "--check", "--all", "--release", "shop",
		"--namespace", "shop", "-f", "shop/stack.yaml", "-")
	if repository.GetLayerMediaType() != "application/vnd.cncf.helm.chart.content.v1.tar+gzip" ||
		repository.GetLayerOperation() != sourcev1.OCILayerCopy {
		t.Errorf("layer %s, %s", repository.GetLayerMediaType(), repository.GetLayerOperation())
	}
}

// TestFluxSubstitutesNothing: postBuild finds no variable in what the chart makes, or is
// told to leave the object alone.
func TestFluxSubstitutesNothing(t *testing.T) {
	for _, preset := range presets(t) {
		t.Run(filepath.Base(preset), func(t *testing.T) {
			dir := t.TempDir()
			text := must(t, dir, "", "helm-wasm", "render", "--all", "--no-hooks", "--release", "shop", "--namespace", "shop",
				"-f", preset, "--set", "monitoring.dashboard.enabled=true")
			if err := os.WriteFile(filepath.Join(dir, "all.yaml"), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			got := fluxBuild(t, dir, ".",
				map[string]any{"postBuild": map[string]any{"substitute": map[string]any{"HOSTNAME": "x", "datasource": "y"}}})
			diff := must(t, dir, stream(t, got), "helm-wasm", "diff", "all.yaml", "-")
			if !strings.HasPrefix(diff, "0 changed, 0 added, 0 removed, ") {
				t.Error(diff)
			}
		})
	}
}
