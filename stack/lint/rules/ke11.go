// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "KE11", Severity: Error, Title: "A lag threshold is out of bounds",
	Why: "lagThreshold must be above 0 and activationLagThreshold at least 0, or KEDA does not build the scaler.",
	Bad: "functions: {enrich: {scaling: {triggers: {more: {type: kafka, metadata: {bootstrapServers: \"b:9092\", " +
		"consumerGroup: g, topic: more, offsetResetPolicy: earliest, lagThreshold: \"0\"}}}, scalingModifiers: " +
		"{formula: kafka + more, target: 50}}}}",
	Good: "functions: {enrich: {scaling: {triggers: {more: {type: kafka, metadata: {bootstrapServers: \"b:9092\", " +
		"consumerGroup: g, topic: more, offsetResetPolicy: earliest, lagThreshold: \"5\"}}}, scalingModifiers: " +
		"{formula: kafka + more, target: 50}}}}",
})
