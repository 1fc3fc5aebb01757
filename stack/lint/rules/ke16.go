// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "KE16", Severity: Info, Title: "cooldownPeriod or pollingInterval does not do what it seems to",
	Why: "Between one replica and the maximum the HPA decides alone, every 15 s. cooldownPeriod only delays the " +
		"step to zero, pollingInterval only the step from zero. The step to zero is from any number of replicas, " +
		"also from those that the HPA still holds.",
	Bad: "functions: {enrich: {scaling: {minReplicas: 1, cooldownPeriod: 300}}}",
	Good: "functions: {enrich: {scaling: {minReplicas: 1, behavior: {scaleDown: {stabilizationWindowSeconds: " +
		"300}}}}}",
})
