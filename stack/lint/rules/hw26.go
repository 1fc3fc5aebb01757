// SPDX-License-Identifier: Apache-2.0

package rules

import "github.com/helm-wasm/helm-wasm/stack/lint/pass"

var _ = register(Rule{
	ID: "HW26", Severity: Error, Title: "SASL or TLS with brokers that have neither",
	Why:  "Clients would insist on what the brokers of this release do not offer.",
	Fix:  "Remove sasl or tls, or use kafka.mode external.",
	Bad:  "kafka: {tls: {enabled: true}}",
	Good: "kafka: {mode: external, bootstrapServers: [\"kafka.example.com:9093\"], tls: {enabled: true}}",

	Stack: noSecurity,
})

func noSecurity(p *pass.Pass) {
	k := &p.Values.Kafka
	if k.Mode == "external" {
		return
	}
	if k.SASL.Mechanism != "none" && k.SASL.Mechanism != "" {
		p.Report([]string{"kafka", "sasl", "mechanism"},
			"the brokers of kafka.mode "+k.Mode+" do not support SASL", "remove sasl, or use kafka.mode external")
	}
	if k.Mode != "strimzi" && k.TLS.Enabled {
		p.Report([]string{"kafka", "tls", "enabled"},
			"the brokers of kafka.mode "+k.Mode+" listen without TLS", "remove tls, or use kafka.mode external")
	}
}
