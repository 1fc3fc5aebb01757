// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "KE23", Severity: Warning, Title: "Several Kafka triggers without a formula",
	Why: "The HPA takes the largest of several metrics. Who reads two topics usually means their sum.",
	Bad: "functions: {enrich: {scaling: {triggers: {other: {type: kafka, metadata: {bootstrapServers: \"b:9092\", " +
		"consumerGroup: g, topic: more, offsetResetPolicy: earliest}}}}}}",
	Good: "functions: {enrich: {scaling: {triggers: {other: {type: kafka, metadata: {bootstrapServers: \"b:9092\", " +
		"consumerGroup: g, topic: more, offsetResetPolicy: earliest}}}, scalingModifiers: {formula: kafka + " +
		"other, target: 50}}}}",
})
