// SPDX-License-Identifier: Apache-2.0

package rules

import "github.com/helm-wasm/helm-wasm/stack/lint/pass"

var _ = register(Rule{
	ID: "KE27", Severity: Info, Title: "Nothing is pushed without a source topic",
	Why: "The scaler watches source.topic for source.consumerGroup. A workload that scales by triggers alone has " +
		"none, and KEDA polls its triggers as ever.",
	Fix: "Give the workload a source, or remove activation.",
	Bad: "workloads: {legacy: {scaleTargetRef: {name: legacy}, scaling: {activation: push, triggers: {office: {type: cron, " +
		"metadata: {timezone: Etc/UTC, start: 0 8 * * *, end: 0 18 * * *, desiredReplicas: 2}}}}}}",
	Good: "workloads: {legacy: {scaleTargetRef: {name: legacy}, scaling: {triggers: {office: {type: cron, " +
		"metadata: {timezone: Etc/UTC, start: 0 8 * * *, end: 0 18 * * *, desiredReplicas: 2}}}}}}",

	Scaling: pushOfNothing,
})

func pushOfNothing(s *pass.Scope) {
	if s.Scaling.Activation == push && s.Source.Topic == "" && len(s.Scaling.Triggers) > 0 {
		s.Report(s.At("scaling.activation"),
			"activation is push, but "+s.What+" has no source.topic to watch",
			"name the topic and the consumer group in source, or remove activation")
	}
}
