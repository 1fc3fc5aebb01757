// SPDX-License-Identifier: Apache-2.0

package rules

import "github.com/helm-wasm/helm-wasm/stack/lint/pass"

var _ = register(Rule{
	ID: "KE25", Severity: Info, Title: "restoreToOriginalReplicaCount on a function",
	Why: "It restores the replicas of a target when the ScaledObject is deleted. A function's Deployment is " +
		"deleted with it. For workloads the setting makes sense.",
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
