// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW14", Severity: Warning, Title: "Nowhere for events that always fail",
	Why: "One poisonous event holds its partition until somebody acts, usually at night. The lag grows, KEDA adds " +
		"replicas, and none of them helps.",
	Bad:  "functions: {enrich: {onError: {deadLetterTopic: null}}}",
	Good: "functions: {enrich: {onError: {deadLetterTopic: orders.dead}}}",
})
