// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW15", Severity: Error, Title: "More replicas of a topic than brokers",
	Why:  "Kafka refuses to create the topic, and functions wait for it.",
	Bad:  "kafka: {topics: {orders: {replicationFactor: 3}}}",
	Good: "kafka: {topics: {orders: {replicationFactor: 3}}, bundled: {replicas: 3}}",
})
