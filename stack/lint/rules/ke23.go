// SPDX-License-Identifier: Apache-2.0

package rules

import "github.com/helm-wasm/helm-wasm/stack/lint/pass"

var _ = register(Rule{
	ID: "KE23", Severity: Warning, Title: "Several Kafka triggers without a formula",
	Why: "The HPA takes the largest of several metrics. Whoever reads two topics usually wants their sum.",
	Fix: "Add the triggers up in scaling.scalingModifiers.formula if the sum is meant.",
	Bad: "functions: {enrich: {scaling: {triggers: {other: {type: kafka, metadata: {bootstrapServers: \"b:9092\", " +
		"consumerGroup: g, topic: more, offsetResetPolicy: earliest}}}}}}",
	Good: "functions: {enrich: {scaling: {triggers: {other: {type: kafka, metadata: {bootstrapServers: \"b:9092\", " +
		"consumerGroup: g, topic: more, offsetResetPolicy: earliest}}}, scalingModifiers: {formula: kafka + " +
		"other, target: 50}}}}",

	Scaling: severalKafkas,
})

func severalKafkas(s *pass.Scope) {
	if len(s.Kafka) > 1 && s.Scaling.ScalingModifiers.Formula == "" {
		s.Report(s.At("scaling.triggers"),
			"several Kafka triggers: the HPA follows the largest, not the sum",
			"set scaling.scalingModifiers.formula, such as \"kafka + other\", if the sum is meant")
	}
}
