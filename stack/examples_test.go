// SPDX-License-Identifier: Apache-2.0

package stack

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestExamplesLintClean(t *testing.T) {
	files, _ := filepath.Glob("examples/*.yaml")
	if len(files) != len(Examples()) {
		t.Errorf("%d files, %d examples", len(files), len(Examples()))
	}
	for _, e := range Examples() {
		d, err := Parse(e.Name+".yaml", []byte(e.Text))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range Lint(d, LintOptions{}) {
			if f.Severity != SeverityInfo || f.Rule != "HW17" {
				t.Errorf("%s %s: %s", f.Rule, f, f.Fix)
			}
		}
		if !strings.HasPrefix(e.Text, "# yaml-language-server: $schema=https://") || !strings.HasSuffix(e.Text, "\n") || e.Title == "" {
			t.Errorf("%s: no schema line, no title or no end of line", e.Name)
		}
	}
	if Starter() != Examples()[0].Text {
		t.Error("the starter is not the first example")
	}
	if _, err := ExampleNamed("pipelin"); err == nil || !strings.Contains(err.Error(), "did you mean pipeline?") {
		t.Errorf("ExampleNamed: %v", err)
	}
}

// Presets come with the chart and are held to the same.
func TestPresetsLintClean(t *testing.T) {
	files, _ := filepath.Glob("../charts/presets/*.yaml")
	if len(files) < 5 {
		t.Fatalf("only %d presets", len(files))
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		d, err := Parse(filepath.Base(name), data)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range Lint(d, LintOptions{}) {
			if f.Severity != SeverityInfo {
				t.Errorf("%s %s %s: %s", f.Severity, f.Rule, f, f.Fix)
			}
		}
	}
}
