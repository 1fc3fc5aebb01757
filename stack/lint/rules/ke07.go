// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "KE07", Severity: Error, Title: "The target of a workload cannot be scaled",
	Why: "KEDA needs an object with a scale subresource in the release's namespace, and the API version that has " +
		"its kind.",
	Bad: "workloads: {a: {scaleTargetRef: {kind: DaemonSet, name: shop}, source: {topic: orders, consumerGroup: " +
		"a}}}",
	Good: "workloads: {a: {scaleTargetRef: {kind: Deployment, name: shop}, source: {topic: orders, consumerGroup: " +
		"a}}}",
})
