// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW28", Severity: Warning, Title: "A disruption budget that blocks every drain",
	Why:  "Nodes can then not be upgraded without force.",
	Bad:  "functions: {enrich: {podDisruptionBudget: {enabled: true, maxUnavailable: 0}}}",
	Good: "functions: {enrich: {podDisruptionBudget: {enabled: true, maxUnavailable: 1}}}",
})
