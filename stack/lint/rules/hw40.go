// SPDX-License-Identifier: Apache-2.0

package rules

import "github.com/helm-wasm/helm-wasm/stack/lint/pass"

var _ = register(Rule{
	ID: "HW40", Severity: Warning, Title: "The network policy keeps KEDA from Kafka",
	Why: "KEDA reads the lag itself. If it cannot, no HPA is created and nothing scales.",
	Fix: "Set networkPolicy.kedaNamespace to the namespace in which KEDA runs.",
	Bad: "keda: {enabled: false}\n" +
		"networkPolicy: {enabled: true}",
	Good: "keda: {enabled: false}\n" +
		"networkPolicy: {enabled: true, kedaNamespace: keda}",

	Stack: kedaKeptOut,
})

func kedaKeptOut(p *pass.Pass) {
	n := &p.Values.NetworkPolicy
	if n.Enabled && n.KedaNamespace == "" && !p.Values.Keda.Enabled && p.Values.Kafka.Mode != "external" {
		p.Report([]string{"networkPolicy", "kedaNamespace"},
			"KEDA runs elsewhere (keda.enabled is false) and the network policy keeps it from Kafka, so nothing scales",
			"set networkPolicy.kedaNamespace, often keda")
	}
}
