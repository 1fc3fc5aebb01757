// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW37", Severity: Warning, Title: "TLS without verification",
	Why:  "Anybody on the way can read and write events.",
	Bad:  "kafka: {mode: external, bootstrapServers: [\"b:9093\"], tls: {enabled: true, insecureSkipVerify: true}}",
	Good: "kafka: {mode: external, bootstrapServers: [\"b:9093\"], tls: {enabled: true, caSecret: {name: kafka-ca}}}",
})
