// SPDX-License-Identifier: Apache-2.0

package gitops

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// unsteady are functions whose result does not depend on their arguments alone.
var unsteady = regexp.MustCompile(`\{\{[^}]*\b(lookup|now|rand[A-Z]\w*|gen[A-Z]\w*|uuidv4|htpasswd|bcrypt|encryptAES|getHostByName)\b`)

// TestTemplatesAreSteady: no template of the chart or of its subcharts uses one.
func TestTemplatesAreSteady(t *testing.T) {
	n := 0
	err := filepath.WalkDir(root+"/charts/wasm-keda-stack", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Base(filepath.Dir(path)) == "crds" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		n++
		if found := unsteady.Find(data); found != nil {
			t.Errorf("%s: %s: the same values would give different manifests each time", path, found)
		}
		return nil
	})
	if err != nil || n < 20 {
		t.Errorf("%d files, %v", n, err)
	}
	if !unsteady.MatchString(`{{ $x := randAlphaNum 5 }}`) || unsteady.MatchString("{{- $env := .Values.env }}\nnow") {
		t.Error("the pattern finds the wrong things")
	}
}

// TestChartIsSteady: the same values give the same bytes, on an upgrade too, so
// that neither Argo CD (which always installs) nor Flux sees a difference.
func TestChartIsSteady(t *testing.T) {
	for _, preset := range presets(t) {
		t.Run(filepath.Base(preset), func(t *testing.T) {
			args := []string{"template", "shop", chart(t), "--namespace", "shop", "--include-crds", "-f", preset}
			first := must(t, root, "", "helm", args...)
			if first != must(t, root, "", "helm", args...) {
				t.Error("a second rendering differs")
			}
			if first != must(t, root, "", "helm", append(args, "--is-upgrade")...) {
				t.Error("an upgrade differs from an install")
			}
		})
	}
}

// TestNoHooks: --no-hooks leaves out what Helm's flag of that name does.
func TestNoHooks(t *testing.T) {
	for _, preset := range presets(t) {
		helm := must(t, root, "", "helm", "template", "shop", chart(t), "--no-hooks", "--namespace",
			"shop", "-f", preset, "--set", "keda.enabled=false")
		ours := must(t, root, "", "helm-wasm", "render", "--all", "--no-hooks", "--release", "shop", "--namespace", "shop", "-f", preset)
		if helm != ours {
			t.Errorf("%s: not the bytes of Helm", preset)
		}
	}
}
