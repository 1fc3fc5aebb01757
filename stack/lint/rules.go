// SPDX-License-Identifier: Apache-2.0

package lint

import "sort"

// Rule is one thing that Lint knows. docs/RULES.md is written from these.
type Rule struct {
	ID       string
	Severity Severity // of most findings; a message may be milder or harder
	Title    string
	Why      string
}

// URL is where the rule is documented.
func (r Rule) URL() string {
	return "https://github.com/helm-wasm/helm-wasm/blob/main/docs/RULES.md#" + r.ID
}

// Rules lists every rule, KEDA's first.
func Rules() []Rule { return append(append([]Rule{}, kedaRules[:]...), ownRules[:]...) }

// RuleByID finds a rule.
func RuleByID(id string) (Rule, bool) {
	r := ruleByID(id)
	return *r, r.ID != ""
}

func ruleByID(id string) *Rule {
	for _, list := range [][]Rule{kedaRules[:], ownRules[:]} {
		i := sort.Search(len(list), func(i int) bool { return list[i].ID >= id })
		if i < len(list) && list[i].ID == id {
			return &list[i]
		}
	}
	return &Rule{Severity: SeverityError}
}

// RulesBase is the complete file that the rules' examples are laid over.
const RulesBase = `kafka:
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
