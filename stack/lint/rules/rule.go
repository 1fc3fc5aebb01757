// SPDX-License-Identifier: Apache-2.0

// Package rules holds what the linter knows, one file for each rule: its id, its
// severity, why it matters, two examples, which tests, docs/RULES.md and the SARIF
// report use, and the check. To add a rule, add a file. The package is pure.
package rules

import (
	"slices"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// Severity says what a finding means for the install.
type Severity = pass.Severity

// The severities, the hardest first.
const (
	Error   = pass.Error
	Warning = pass.Warning
	Info    = pass.Info
)

// Rule is one thing that the linter knows.
type Rule struct {
	ID       string   // KE and two digits for what KEDA does, HW for all else; it never changes
	Severity Severity // of most findings; a message may be milder or harder
	Title    string   // one line, without a full stop
	Why      string   // what happens to those who do not follow the rule
	Fix      string   // what to do; a finding has a fix of its own, with names and numbers

	// Bad and Good are laid over Base: Bad triggers the rule and no other, Good
	// is the same with the fix and triggers nothing.
	Bad, Good string

	// Modules are what the functions' binaries of the examples are like.
	Modules map[string]pass.ModuleInfo

	// The check: those of the following that the rule needs. What they report is
	// a finding of this rule.

	Stack    func(*pass.Pass)                      // sees all values, once
	Objects  func(*pass.Pass)                      // sees all objects in hand, once, also where there are no values
	Function func(*pass.Scope)                     // each function
	Workload func(*pass.Scope)                     // each workload
	Scaling  func(*pass.Scope)                     // each function, workload and ScaledObject whose scaling is not null
	Trigger  func(*pass.Scope, *pass.Trigger)      // each of their scaling.triggers of a known type
	Kafka    func(*pass.Scope, *pass.KafkaTrigger) // each of their triggers on Kafka, that of source too

	// Those of the walk over all fields, before anything is known of their meaning.

	// Key is called for a key that is not a field's; it is the last of path.
	Key func(p *pass.Pass, path []string, in *schema.Object)

	// Name is called for a key of a mapping that users name, the last of path.
	Name func(p *pass.Pass, path []string, f *schema.Field)

	// Type is called for a value that is not of the kind that it should have.
	Type func(p *pass.Pass, path []string, v any, f *schema.Field, want schema.Kind)

	// Value is called for a scalar of the right kind: a string (also for a
	// quantity), an int, or what YAML gives where any kind is right.
	Value func(p *pass.Pass, path []string, v any, f *schema.Field)
}

// Check runs the rule over a function or a workload.
func (r *Rule) Check(s *pass.Scope) {
	s.Begin(r.ID, r.Severity)
	if r.Function != nil && s.Function != nil {
		r.Function(s)
	}
	if r.Workload != nil && s.Workload != nil {
		r.Workload(s)
	}
	if s.NoScaling {
		return
	}
	if r.Scaling != nil {
		r.Scaling(s)
	}
	if r.Trigger != nil {
		for _, t := range s.Triggers {
			if t.Known {
				r.Trigger(s, t)
			}
		}
	}
	if r.Kafka != nil {
		for _, k := range s.Kafka {
			r.Kafka(s, k)
		}
	}
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

var all []*Rule // KEDA's first, then by id

func register(r Rule) struct{} {
	at, known := slices.BinarySearchFunc(all, &r, order)
	if known {
		panic("rule " + r.ID + " is registered twice")
	}
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

// All are all rules, KEDA's first, then by id.
func All() []*Rule { return all }
