// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "KE06", Severity: Error, Title: "Two autoscalers have one target or one HPA",
	Why: "Two autoscalers on one target fight; KEDA's webhook refuses a second ScaledObject, and one whose target " +
		"has an HPA already. Workloads, functions and extraObjects are compared; the names of functions' " +
		"Deployments are certain where --release is given.",
	Bad: "workloads:\n" +
		"  a: {scaleTargetRef: {name: shop}, source: {topic: orders, consumerGroup: a}}\n" +
		"  b: {scaleTargetRef: {name: shop}, source: {topic: orders, consumerGroup: b}}",
	Good: "workloads:\n" +
		"  a: {scaleTargetRef: {name: shop}, source: {topic: orders, consumerGroup: a}}\n" +
		"  b: {scaleTargetRef: {name: mail}, source: {topic: orders, consumerGroup: b}}",
})
