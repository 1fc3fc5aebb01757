// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/stack/examples"
	"github.com/helm-wasm/helm-wasm/stack/values"
)

func TestExamplesLintClean(t *testing.T) {
	files, _ := filepath.Glob("../examples/*.yaml")
	if len(files) != len(examples.All()) {
		t.Errorf("%d files, %d examples", len(files), len(examples.All()))
	}
	for _, e := range examples.All() {
		d, err := values.Parse(e.Name+".yaml", []byte(e.Text))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range Lint(d, Options{}) {
			if f.Severity != SeverityInfo || f.Rule != "HW17" {
				t.Errorf("%s %s: %s", f.Rule, f, f.Fix)
			}
		}
		if !strings.HasPrefix(e.Text, "# yaml-language-server: $schema=https://") || !strings.HasSuffix(e.Text, "\n") || e.Title == "" {
			t.Errorf("%s: no schema line, no title or no end of line", e.Name)
		}
	}
	if examples.Starter() != examples.All()[0].Text {
		t.Error("the starter is not the first example")
	}
	if _, err := examples.Named("pipelin"); err == nil || !strings.Contains(err.Error(), "did you mean pipeline?") {
		t.Errorf("Named: %v", err)
	}
}

// Presets come with the chart and are held to the same.
func TestPresetsLintClean(t *testing.T) {
	files, _ := filepath.Glob("../../charts/presets/*.yaml")
	if len(files) < 5 {
		t.Fatalf("only %d presets", len(files))
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		d, err := values.Parse(filepath.Base(name), data)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range Lint(d, Options{}) {
			if f.Severity != SeverityInfo {
				t.Errorf("%s %s %s: %s", f.Severity, f.Rule, f, f.Fix)
			}
		}
	}
}
