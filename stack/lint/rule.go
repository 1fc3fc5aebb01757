// SPDX-License-Identifier: Apache-2.0

package lint

import "github.com/helm-wasm/helm-wasm/stack/lint/rules"

// Rule is what there is to say about one thing that Lint knows. Its check and the
// rest are in package rules.
type Rule struct {
	ID       string   // KE and two digits for what KEDA does, HW for all else; it never changes
	Severity Severity // of most findings; a message may be milder or harder
	Title    string   // one line, without a full stop
	Why      string   // what happens to those who do not follow the rule
	Fix      string   // what to do; a finding has a fix of its own, with names and numbers

	// Bad and Good are values, laid over a file that is complete: Bad triggers the
	// rule and no other, Good is the same with the fix and triggers nothing.
	Bad, Good string
}

// URL is where the rule is documented.
func (r Rule) URL() string {
	return "https://github.com/helm-wasm/helm-wasm/blob/main/docs/RULES.md#" + r.ID
}

// Rules lists every rule, KEDA's first.
func Rules() []Rule {
	list := make([]Rule, len(rules.All()))
	for i, r := range rules.All() {
		list[i] = about(r)
	}
	return list
}

// RuleByID finds a rule.
func RuleByID(id string) (Rule, bool) {
	for _, r := range rules.All() {
		if r.ID == id {
			return about(r), true
		}
	}
	return Rule{}, false
}

func about(r *rules.Rule) Rule {
	return Rule{ID: r.ID, Severity: r.Severity, Title: r.Title, Why: r.Why, Fix: r.Fix, Bad: r.Bad, Good: r.Good}
}
