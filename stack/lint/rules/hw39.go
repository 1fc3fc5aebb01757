// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW39", Severity: Error, Title: "Topics differ in . and _ only",
	Why:  "Kafka's metrics do not distinguish them, so Kafka refuses the second.",
	Bad:  "kafka: {topics: {orders_dead: {partitions: 1}}}",
	Good: "kafka: {topics: {orders-late: {partitions: 1}}}",
})
