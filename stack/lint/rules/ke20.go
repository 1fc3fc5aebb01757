// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "KE20", Severity: Error, Title: "Scaling modifiers are incomplete or wrong",
	Why: "A formula may only use names of triggers, needs a target above 0, and must yield a number; a wrong " +
		"activationTarget shows only at run time. KEDA also drops the metric of a single container " +
		"(containerName) from an HPA with a formula.",
	Bad:  "functions: {enrich: {scaling: {scalingModifiers: {formula: kafka + office, target: 50}}}}",
	Good: "functions: {enrich: {scaling: {scalingModifiers: {formula: kafka / 2, target: 50}}}}",
})
