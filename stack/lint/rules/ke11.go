// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

var _ = register(Rule{
	ID: "KE11", Severity: Error, Title: "A lag threshold is out of bounds",
	Why: "lagThreshold must be above 0 and activationLagThreshold at least 0, or KEDA does not build the scaler.",
	Fix: "Write lagThreshold 1 or more, and activationLagThreshold 0 or more.",
	Bad: "functions: {enrich: {scaling: {triggers: {more: {type: kafka, metadata: {bootstrapServers: \"b:9092\", " +
		"consumerGroup: g, topic: more, offsetResetPolicy: earliest, lagThreshold: \"0\"}}}, scalingModifiers: " +
		"{formula: kafka + more, target: 50}}}}",
	Good: "functions: {enrich: {scaling: {triggers: {more: {type: kafka, metadata: {bootstrapServers: \"b:9092\", " +
		"consumerGroup: g, topic: more, offsetResetPolicy: earliest, lagThreshold: \"5\"}}}, scalingModifiers: " +
		"{formula: kafka + more, target: 50}}}}",

	Trigger: badThresholds,
})

func badThresholds(s *pass.Scope, t *pass.Trigger) {
	if t.IsKafka() {
		badThreshold(s, t, "activationLagThreshold", 0)
		badThreshold(s, t, "lagThreshold", 1)
	}
}

func badThreshold(s *pass.Scope, t *pass.Trigger, name string, least int) {
	v := t.Metadata[name]
	if v == nil || isNested(v) {
		return
	}
	text := strings.TrimSpace(schema.ScalarText(v))
	if n, ok := plainDigits(text); ok && strings.IndexByte(text, '.') < 0 && n < float64(least) {
		s.Report(s.At(t.MetadataAt(name)), name+" is "+text, "write "+strconv.Itoa(least)+" or more")
	}
}
