// SPDX-License-Identifier: Apache-2.0

package helm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/version"
)

// TestRepository uses the plugin as a chart repository.
func TestRepository(t *testing.T) {
	h := shared(t)
	h.helm(t, nil, "repo", "add", "wasm", "wasm://charts")
	h.helm(t, nil, "repo", "update")
	got := h.helm(t, nil, "search", "repo", "wasm/").stdout
	if !strings.Contains(got, "wasm/wasm-keda-stack") || !strings.Contains(got, version.Version) {
		t.Errorf("search shows\n%s", got)
	}
	dir := t.TempDir()
	h.helm(t, nil, "pull", "wasm/wasm-keda-stack", "-d", dir)
	pulled, err := os.ReadFile(filepath.Join(dir, "wasm-keda-stack-"+version.Version+".tgz"))
	if err != nil {
		t.Fatal(err)
	}
	shipped, err := os.ReadFile(filepath.Join(root, "dist", "charts", "wasm-keda-stack-"+version.Version+".tgz"))
	if err != nil {
		t.Fatal(err)
	}
	if string(pulled) != string(shipped) {
		t.Errorf("pulled %d bytes that differ from the %d shipped", len(pulled), len(shipped))
	}
	h.helm(t, nil, "pull", "wasm/wasm-keda-stack", "--version", version.Version, "--untar", "-d", dir)
	h.helm(t, nil, "lint", "--strict", filepath.Join(dir, "wasm-keda-stack"))
}

// TestDependency makes another chart depend on this one.
func TestDependency(t *testing.T) {
	h := shared(t)
	dir := filepath.Join(t.TempDir(), "shop")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	chart := "apiVersion: v2\nname: shop\nversion: 0.0.1\n" +
		"dependencies:\n- name: wasm-keda-stack\n  version: " + version.Version + "\n  repository: wasm://charts\n"
	values := "wasm-keda-stack:\n  keda: {enabled: false}\n" +
		"  functions:\n    hello: {module: {image: ghcr.io/acme/hello:1}, source: {topic: a}}\n"
	for name, text := range map[string]string{"Chart.yaml": chart, "values.yaml": values} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	h.helm(t, nil, "dependency", "update", dir)
	got := h.helm(t, nil, "template", "r", dir).stdout
	if !strings.Contains(got, "kind: ScaledObject") {
		t.Errorf("no ScaledObject in\n%s", clip(got))
	}
}

// TestPresets renders the whole stack with each preset.
func TestPresets(t *testing.T) {
	h := shared(t)
	files, err := filepath.Glob(filepath.Join(root, "charts", "presets", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d presets, %v", len(files), err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			got := h.helm(t, nil, "template", "shop", "wasm://charts/stack", "-f", "wasm://presets/"+name).stdout
			if !strings.Contains(got, "kind: ") {
				t.Errorf("nothing rendered:\n%s", clip(got))
			}
		})
	}
}

// TestGetterErrors: the cause is at the end of Helm's message.
func TestGetterErrors(t *testing.T) {
	h := shared(t)
	tests := []struct {
		args []string
		want string
	}{
		{[]string{"show", "chart", "wasm://charts/stak"}, "did you mean wasm://charts/stack?"},
		{[]string{"show", "chart", "wasm://charts/stack-99.0.0"}, "carries version " + version.Version},
		{[]string{"pull", "wasm://charts/stack", "--verify"}, "failed to fetch provenance"},
		{[]string{"template", "x", "wasm://charts/stack", "-f", "wasm://presets/none.yaml"}, "there is: wasm://charts/stack"},
	}
	for _, tc := range tests {
		r := h.run(nil, helmBin, tc.args...)
		if r.code != 1 || !strings.Contains(r.stderr, tc.want) || strings.Contains(r.stderr, "wasm stack trace") {
			t.Errorf("want exit 1 and %q:\n%s", tc.want, r)
		}
	}
}
