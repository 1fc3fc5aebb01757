// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "KE21", Severity: Warning, Title: "The fallback is incomplete or does not start",
	Why: "KEDA's Kafka client connects when it is built. After one failure KEDA rebuilds it, fails before it " +
		"counts, and never passes a failureThreshold of 1 or more while all brokers are away. Its RabbitMQ " +
		"client does the same; that of apache-kafka does not. With 0 the fallback comes and goes, for the " +
		"autoscaler does not wait as long as that client takes to fail. While all brokers are away replicas have " +
		"nothing to read anyway.",
	Bad:  "functions: {enrich: {scaling: {fallback: {failureThreshold: 3, replicas: 2}}}}",
	Good: "functions: {enrich: {scaling: {fallback: {failureThreshold: 0, replicas: 2}}}}",
})
