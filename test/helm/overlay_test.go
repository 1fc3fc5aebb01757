// SPDX-License-Identifier: Apache-2.0

package helm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPostRenderOverlay: what a chart and the post-renderer make goes through an overlay,
// including hooks of the same name, and Helm still knows each object's file.
func TestPostRenderOverlay(t *testing.T) {
	h := shared(t)
	chart := annotatedChart(t)
	overlay := t.TempDir()
	if err := os.WriteFile(filepath.Join(overlay, "kustomization.yaml"), []byte(`
labels: [{pairs: {team: events}}]
resources: [more.yaml]
patches:
  - target: {kind: ScaledObject}
    patch: |-
      - {op: replace, path: /spec/maxReplicaCount, value: 7}
`), 0o644); err != nil {
		t.Fatal(err)
	}
	more := []byte("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more}\n")
	if err := os.WriteFile(filepath.Join(overlay, "more.yaml"), more, 0o644); err != nil {
		t.Fatal(err)
	}
	args := []string{"template", "x", chart, "--post-renderer", "wasm-post-renderer", "--post-renderer-args", "--overlay=" + overlay}
	got := h.helm(t, nil, args...).stdout
	for text, want := range map[string]int{
		"# Source: shop/templates/app.yaml\napiVersion: keda.sh/v1alpha1\nkind: ScaledObject\n": 1,
		"# Source: shop/templates/hook.yaml\n":                                                  1, "helm.sh/hook: pre-install\n": 1,
		"maxReplicaCount: 7\n": 1, "kind: ConfigMap\n": 1, "kind: ServiceAccount\n": 2, "postrender-filename": 0, "stream-position": 0,
	} {
		if n := strings.Count(got, text); n != want {
			t.Errorf("%d times %q, want %d, in\n%s", n, text, want, got)
		}
	}
	if strings.Count(got, "team: events") < strings.Count(got, "\nkind: ") {
		t.Errorf("objects without the overlay's label in\n%s", got)
	}
	args[len(args)-1] = "--overlay=" + filepath.Join(overlay, "none")
	r := h.run(nil, helmBin, args...)
	if r.code != 1 || !strings.Contains(r.stderr, "building overlay") || !strings.Contains(r.stderr, "is not a directory") ||
		strings.Contains(r.stdout, "kind: Deployment") {
		t.Errorf("want a failure without manifests:\n%s", r)
	}
	r = h.wasm([]byte("a: b\n"), "post-render", "--overlay="+overlay)
	if r.code != 1 || r.stdout != "" || !strings.Contains(r.stderr, "overlay") {
		t.Errorf("the sandbox has no files:\n%s", r)
	}
}
