// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

var _ = register(Rule{
	ID: "HW28", Severity: Warning, Title: "A disruption budget that blocks every drain",
	Why:  "Nodes can then only be upgraded by force.",
	Fix:  "Let at least one pod be evicted.",
	Bad:  "functions: {enrich: {podDisruptionBudget: {enabled: true, maxUnavailable: 0}}}",
	Good: "functions: {enrich: {podDisruptionBudget: {enabled: true, maxUnavailable: 1}}}",

	Function: blocksDrains,
})

func blocksDrains(s *pass.Scope) {
	b := s.Function.PodDisruptionBudget
	if !b.Enabled {
		return
	}
	none := ""
	switch v := b.MaxUnavailable.(type) {
	case float64, int64:
		if n, _ := schema.ToInteger(v); n == 0 {
			none = "0"
		}
	case string:
		if strings.Trim(v, "0") == "%" {
			none = "0%"
		}
	}
	if none != "" {
		s.Report(s.At("podDisruptionBudget.maxUnavailable"),
			"maxUnavailable "+none+" blocks every drain of a node", "set it to 1")
	}
}
