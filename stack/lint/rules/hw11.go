// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW11", Severity: Error, Title: "Two readers share a consumer group on one topic",
	Why: "Kafka divides the partitions among them, so each sees only part of the events, and both scale on the " +
		"lag of both.",
	Bad: "functions:\n" +
		"  enrich: {source: {consumerGroup: shop}}\n" +
		"workloads:\n" +
		"  mail: {scaleTargetRef: {name: mail}, source: {topic: orders, consumerGroup: shop}}",
	Good: "functions:\n" +
		"  enrich: {source: {consumerGroup: shop}}\n" +
		"workloads:\n" +
		"  mail: {scaleTargetRef: {name: mail}, source: {topic: orders, consumerGroup: mail}}",
})
