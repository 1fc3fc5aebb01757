// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW25", Severity: Error, Title: "The brokers' addresses are missing or malformed",
	Why:  "Neither functions nor KEDA can reach Kafka.",
	Bad:  "kafka: {mode: external, bootstrapServers: [kafka.example.com]}",
	Good: "kafka: {mode: external, bootstrapServers: [\"kafka.example.com:9092\"]}",
})
