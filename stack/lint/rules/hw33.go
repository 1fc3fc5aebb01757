// SPDX-License-Identifier: Apache-2.0

package rules

import "github.com/helm-wasm/helm-wasm/stack/lint/pass"

var _ = register(Rule{
	ID: "HW33", Severity: Warning, Title: "Brokers without storage",
	Why:  "A restart loses all events, and the committed offsets with them.",
	Fix:  "Enable the brokers' storage, unless this is a trial.",
	Bad:  "kafka: {bundled: {storage: {enabled: false}}}",
	Good: "kafka: {bundled: {storage: {enabled: true}}}",

	Stack: noStorage,
})

func noStorage(p *pass.Pass) {
	k := &p.Values.Kafka
	if k.Mode == "bundled" && !k.Bundled.Storage.Enabled || k.Mode == "strimzi" && !k.Strimzi.Storage.Enabled {
		p.ReportAs(Warning, []string{"kafka", k.Mode, "storage", "enabled"},
			"without storage the brokers lose all events and offsets when their pods restart",
			"set kafka."+k.Mode+".storage.enabled: true, unless this is a trial")
	}
}
