// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/stack/lint/rules"
	"github.com/helm-wasm/helm-wasm/stack/values"
)

func lintExample(t *testing.T, id, example string, modules map[string]ModuleInfo) Findings {
	t.Helper()
	base, err := values.Parse("base.yaml", []byte(rules.Base))
	if err != nil {
		t.Fatal(err)
	}
	over, err := values.Parse("example.yaml", []byte(example))
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	return Lint(values.Merge(base, over), Options{Modules: modules})
}

func TestRulesBaseIsClean(t *testing.T) {
	for _, f := range lintExample(t, "base", "{}", nil) {
		t.Errorf("%s %s", f.Rule, f)
	}
}

func TestRules(t *testing.T) {
	ids := map[string]bool{}
	for _, r := range rules.All() {
		t.Run(r.ID, func(t *testing.T) {
			if ids[r.ID] {
				t.Fatal("id used twice")
			}
			ids[r.ID] = true
			if r.Title == "" || strings.HasSuffix(r.Title, ".") || !strings.HasSuffix(r.Why, ".") || !strings.HasSuffix(r.Fix, ".") {
				t.Errorf("title %q, why %q, fix %q: want a line, and sentences", r.Title, r.Why, r.Fix)
			}
			badText, goodText := r.Bad, r.Good
			bad := lintExample(t, r.ID, badText, r.Modules)
			if len(bad) == 0 {
				t.Error("the bad example triggers nothing")
			}
			strongest := SeverityInfo
			for _, f := range bad {
				if f.Rule != r.ID {
					t.Errorf("the bad example also triggers %s %s: %s (%s)", f.Rule, f.Path, f.Message, f.Fix)
				}
				if f.Message == "" || f.Fix == "" || f.Position.Line == 0 && f.Position.File == "" {
					t.Errorf("incomplete finding %+v", f)
				}
				if f.Severity.Rank() < strongest.Rank() {
					strongest = f.Severity
				}
			}
			if len(bad) > 0 && strongest != r.Severity {
				t.Errorf("the rule is %s, its example gives %s", r.Severity, strongest)
			}
			for _, f := range lintExample(t, r.ID, goodText, r.Modules) {
				t.Errorf("the good example triggers %s %s: %s", f.Rule, f.Path, f.Message)
			}
			// Ignoring works by option and by comment.
			base, _ := values.Parse("base.yaml", []byte(rules.Base))
			over, _ := values.Parse("example.yaml", []byte(badText))
			opts := Options{Modules: r.Modules, Ignore: []string{r.ID}}
			if fs := Lint(values.Merge(base, over), opts); len(fs) != 0 {
				t.Errorf("Options.Ignore leaves %v", fs)
			}
		})
	}
	if len(ids) < 60 {
		t.Errorf("only %d rules", len(ids))
	}
}

func TestRuleByID(t *testing.T) {
	if r, ok := RuleByID("KE13"); !ok || !strings.HasSuffix(r.URL(), "RULES.md#KE13") {
		t.Errorf("RuleByID(KE13) = %+v, %v", r, ok)
	}
	if _, ok := RuleByID("KE99"); ok {
		t.Error("KE99 exists")
	}
}
