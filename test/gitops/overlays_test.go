// SPDX-License-Identifier: Apache-2.0

package gitops

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/diff"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// TestOverlays: the project's own overlays build in Flux, with substitution on,
// to what kustomize makes of them, and Argo CD sees no drift in them.
func TestOverlays(t *testing.T) {
	overlays, err := os.ReadDir(root + "/kustomize/overlays")
	if err != nil || len(overlays) == 0 {
		t.Fatalf("no overlays: %v", err)
	}
	dir := t.TempDir()
	must(t, root, "", "cp", "-a", "kustomize", dir)
	for _, overlay := range overlays {
		t.Run(overlay.Name(), func(t *testing.T) {
			path := "kustomize/overlays/" + overlay.Name()
			file := filepath.Join(t.TempDir(), "built.yaml")
			if err := os.WriteFile(file, built(t, filepath.Join(dir, path)), 0o644); err != nil {
				t.Fatal(err)
			}
			substitute := map[string]any{"substitute": map[string]any{"HOSTNAME": "x", "datasource": "y"}}
			list := fluxBuild(t, dir, path, map[string]any{"prune": true, "wait": true, "postBuild": substitute})
			got := must(t, dir, stream(t, list), "helm-wasm", "diff", file, "-")
			if !strings.HasPrefix(got, "0 changed, 0 added, 0 removed, ") {
				t.Error(got)
			}
			scaled := map[string]bool{}
			for _, u := range list {
				if target, _, _ := unstructured.NestedString(u.Object, "spec", "scaleTargetRef", "name"); u.GetKind() == "ScaledObject" {
					scaled[u.GetNamespace()+"/"+target] = true
				}
			}
			if len(scaled) == 0 {
				t.Error("nothing scales")
			}
			for _, u := range list {
				if _, fixed, _ := unstructured.NestedFieldNoCopy(u.Object, "spec", "replicas"); fixed &&
					u.GetKind() == "Deployment" && scaled[u.GetNamespace()+"/"+u.GetName()] {
					t.Errorf("%s states replicas, which KEDA owns", name(u))
				}
				if r, err := diff.Diff(u, live(t, u)); err != nil || r.Modified {
					t.Errorf("%s is out of sync: %v", name(u), err)
				}
			}
		})
	}
}
