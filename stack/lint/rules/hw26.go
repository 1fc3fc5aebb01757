// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW26", Severity: Error, Title: "SASL or TLS with brokers that have neither",
	Why:  "Clients would insist on what the brokers of this release do not offer.",
	Bad:  "kafka: {tls: {enabled: true}}",
	Good: "kafka: {mode: external, bootstrapServers: [\"kafka.example.com:9093\"], tls: {enabled: true}}",
})
