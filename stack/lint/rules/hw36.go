// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW36", Severity: Error, Title: "min.insync.replicas does not go with the topic's replicas",
	Why: "With more than there are nothing can be written; with all of them one broker that restarts stops all " +
		"writes.",
	Bad: "kafka: {topics: {orders: {replicationFactor: 1, config: {min.insync.replicas: 2}}}}",
	Good: "kafka: {bundled: {replicas: 3}, topics: {orders: {replicationFactor: 3, config: {min.insync.replicas: " +
		"2}}}}",
})
