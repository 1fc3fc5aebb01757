// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW21", Severity: Warning, Title: "exactly-once keeps a function from going to zero",
	Why:  "Each transaction leaves a marker that KEDA counts as one event of lag per partition, for ever.",
	Bad:  "functions: {enrich: {delivery: exactly-once}}",
	Good: "functions: {enrich: {delivery: exactly-once, scaling: {activationLagThreshold: 10}}}",
})
