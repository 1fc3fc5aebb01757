// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "KE14", Severity: Warning, Title: "activationLagThreshold is not below lagThreshold",
	Why: "Activation beats scaling: at or below activationLagThreshold KEDA goes to zero, even while the HPA " +
		"wants several replicas.",
	Bad:  "functions: {enrich: {scaling: {lagThreshold: 50, activationLagThreshold: 100}}}",
	Good: "functions: {enrich: {scaling: {lagThreshold: 50, activationLagThreshold: 10}}}",
})
