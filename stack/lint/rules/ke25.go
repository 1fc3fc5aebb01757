// SPDX-License-Identifier: Apache-2.0

package rules

import "github.com/helm-wasm/helm-wasm/stack/lint/pass"

var _ = register(Rule{
	ID: "KE25", Severity: Info, Title: "restoreToOriginalReplicaCount on a function",
	Why: "It gives a target its replicas back when the ScaledObject goes. A function's Deployment goes with it. " +
		"For workloads it makes sense.",
	Fix: "Remove restoreToOriginalReplicaCount.",
	Bad: "functions: {enrich: {scaling: {restoreToOriginalReplicaCount: true}}}",
	Good: "workloads: {shop: {scaleTargetRef: {name: shop}, source: {topic: orders, consumerGroup: shop}, scaling: " +
		"{restoreToOriginalReplicaCount: true}}}",

	Scaling: restoresNothing,
})

func restoresNothing(s *pass.Scope) {
	if restore := s.Scaling.RestoreToOriginalReplicaCount; s.Function != nil && restore != nil && *restore {
		s.Report(s.At("scaling.restoreToOriginalReplicaCount"),
			"restoreToOriginalReplicaCount has no effect on a function: Helm removes its Deployment with its ScaledObject",
			"remove it")
	}
}
