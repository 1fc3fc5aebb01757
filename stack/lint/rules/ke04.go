// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "KE04", Severity: Error, Title: "Replica counts contradict one another",
	Why: "KEDA's webhook refuses minReplicas above maxReplicas and an idleReplicaCount that is not below " +
		"minReplicas; idle counts other than 0 flap between KEDA and the HPA.",
	Bad: "functions: {enrich: {scaling: {minReplicas: 11}}}\n" +
		"kafka: {topics: {orders: {partitions: 20}}}",
	Good: "functions: {enrich: {scaling: {minReplicas: 9}}}\n" +
		"kafka: {topics: {orders: {partitions: 10}}}",
})
