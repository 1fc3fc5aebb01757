// SPDX-License-Identifier: Apache-2.0

package rules

import "github.com/helm-wasm/helm-wasm/stack/lint/pass"

var _ = register(Rule{
	ID: "HW37", Severity: Warning, Title: "TLS without verification",
	Why:  "Anybody on the network path can read and write events.",
	Fix:  "Name the CA in kafka.tls.caSecret, and remove insecureSkipVerify.",
	Bad:  "kafka: {mode: external, bootstrapServers: [\"b:9093\"], tls: {enabled: true, insecureSkipVerify: true}}",
	Good: "kafka: {mode: external, bootstrapServers: [\"b:9093\"], tls: {enabled: true, caSecret: {name: kafka-ca}}}",

	Stack: uncheckedCertificates,
})

func uncheckedCertificates(p *pass.Pass) {
	if k := &p.Values.Kafka; hasSecurity(k) && k.TLS.Enabled && k.TLS.InsecureSkipVerify {
		p.ReportAs(Warning, []string{"kafka", "tls", "insecureSkipVerify"},
			"insecureSkipVerify accepts any certificate, even an attacker's",
			"name the CA in kafka.tls.caSecret")
	}
}
