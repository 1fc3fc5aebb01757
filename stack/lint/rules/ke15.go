// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "KE15", Severity: Error, Title: "Credentials are incomplete",
	Why: "KEDA only logs a missing parameter or Secret and fails later with `no username given`; functions cannot " +
		"connect either. What a TriggerAuthentication in extraObjects gives is read; one that the release does " +
		"not have is a warning.",
	Bad: "kafka: {mode: external, bootstrapServers: [\"b:9092\"], sasl: {mechanism: scram-sha-512}}",
	Good: "kafka: {mode: external, bootstrapServers: [\"b:9092\"], sasl: {mechanism: scram-sha-512, secret: {name: " +
		"kafka-user}}}",
})
