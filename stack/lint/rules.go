// SPDX-License-Identifier: Apache-2.0

package lint

import "github.com/helm-wasm/helm-wasm/stack/lint/rules"

// Rule is one thing that Lint knows. docs/RULES.md is written from these.
type Rule = rules.Rule

// Severity says what a finding means for the install.
type Severity = rules.Severity

// The severities, the hardest first.
const (
	SeverityError   = rules.Error
	SeverityWarning = rules.Warning
	SeverityInfo    = rules.Info
)

// Rules lists every rule, KEDA's first.
func Rules() []Rule { return rules.All() }

// RuleByID finds a rule.
func RuleByID(id string) (Rule, bool) { return rules.ByID(id) }
