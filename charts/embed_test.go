// SPDX-License-Identifier: Apache-2.0

package charts

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/version"
)

// TestStackHoldsTheChart: the library needs these files to render, wherever it was built.
func TestStackHoldsTheChart(t *testing.T) {
	for _, name := range []string{
		"Chart.yaml", "values.yaml", "templates/_helpers.tpl", "templates/functions.yaml", "templates/NOTES.txt",
		"files/dashboard.json",
	} {
		if _, err := fs.Stat(Stack(), name); err != nil {
			t.Error(err)
		}
	}
	err := fs.WalkDir(Stack(), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(name, "charts/") {
			t.Errorf("%s: subcharts must not be compiled in", name)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestOneVersion: the chart, its images and the functions of its presets are released together.
func TestOneVersion(t *testing.T) {
	chart, err := fs.ReadFile(Stack(), "Chart.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"version: ", "appVersion: ", "    - name: wasm-runner\n      image: ghcr.io/helm-wasm/wasm-runner:"} {
		if !strings.Contains(string(chart), "\n"+line+version.Version+"\n") {
			t.Errorf("Chart.yaml has no line %q", line+version.Version)
		}
	}
	presets, err := fs.Glob(Presets(), "*.yaml")
	if err != nil || len(presets) < 8 {
		t.Fatalf("presets: %v, %v", presets, err)
	}
	for _, name := range presets {
		data, err := fs.ReadFile(Presets(), name)
		if err != nil {
			t.Fatal(err)
		}
		title := "# " + strings.TrimSuffix(name, ".yaml") + ": "
		if !strings.HasPrefix(string(data), title) {
			t.Errorf("%s does not begin with %q, which says who it is for", name, title)
		}
		for line := range strings.Lines(string(data)) {
			_, image, ok := strings.Cut(line, "ghcr.io/helm-wasm/functions/")
			if ok && !strings.HasSuffix(strings.TrimSpace(image), ":"+version.Version+`"}`) {
				t.Errorf("%s: %q is not version %s", name, strings.TrimSpace(line), version.Version)
			}
		}
	}
}
