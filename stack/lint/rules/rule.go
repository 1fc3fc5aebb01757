// SPDX-License-Identifier: Apache-2.0

// Package rules holds what the linter knows, one file for each rule: its id, its
// severity, why it matters, and two examples, which tests, docs/RULES.md and the
// SARIF report use. To add a rule, add a file. The package is pure.
package rules

import (
	"slices"
	"strings"
)

// Severity says what a finding means for the install.
type Severity string

// An error does not install or does not work; a warning works until the wrong
// moment; an info is worth knowing.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// Rank orders severities: 0 for errors, 1 for warnings, 2 for infos.
func (s Severity) Rank() int {
	switch s {
	case Error:
		return 0
	case Warning:
		return 1
	}
	return 2
}

// Rule is one thing that the linter knows.
type Rule struct {
	ID       string   // KE and two digits for what KEDA does, HW for all else; it never changes
	Severity Severity // of most findings; a message may be milder or harder
	Title    string   // one line, without a full stop
	Why      string   // what happens to those who do not follow the rule

	// Bad and Good are laid over Base: Bad triggers the rule and no other, Good
	// is the same with the fix and triggers nothing.
	Bad, Good string
}

// URL is where the rule is documented.
func (r Rule) URL() string {
	return "https://github.com/helm-wasm/helm-wasm/blob/main/docs/RULES.md#" + r.ID
}

// Base is the complete file that the rules' examples are laid over.
const Base = `kafka:
  topics:
    orders: {partitions: 10}
    orders.enriched: {partitions: 10}
    orders.dead: {partitions: 1}
functions:
  enrich:
    module: {image: "ghcr.io/acme/enrich@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
    source: {topic: orders}
    sink: {topic: orders.enriched}
    onError: {deadLetterTopic: orders.dead}
    scaling: {maxReplicas: 10}
`

var (
	all  []*Rule // KEDA's first, then by id
	byID = map[string]*Rule{}
)

func register(r Rule) struct{} {
	if byID[r.ID] != nil {
		panic("rule " + r.ID + " is registered twice")
	}
	byID[r.ID] = &r
	at, _ := slices.BinarySearchFunc(all, &r, order)
	all = slices.Insert(all, at, &r)
	return struct{}{}
}

func order(a, b *Rule) int {
	if a, b := strings.HasPrefix(a.ID, "KE"), strings.HasPrefix(b.ID, "KE"); a != b {
		if a {
			return -1
		}
		return 1
	}
	return strings.Compare(a.ID, b.ID)
}

// All returns every rule, KEDA's first, then by id.
func All() []Rule {
	list := make([]Rule, len(all))
	for i, r := range all {
		list[i] = *r
	}
	return list
}

// ByID finds a rule.
func ByID(id string) (Rule, bool) {
	if r := byID[id]; r != nil {
		return *r, true
	}
	return Rule{}, false
}

// SeverityOf returns the severity of a rule; that of one that does not exist is
// Error.
func SeverityOf(id string) Severity {
	if r := byID[id]; r != nil {
		return r.Severity
	}
	return Error
}
