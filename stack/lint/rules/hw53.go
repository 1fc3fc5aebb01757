// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"maps"
	"slices"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "HW53", Severity: Warning, Title: "No function runs in the host",
	Why:  "The chart makes nothing for a host without functions.",
	Fix:  "Give functions this host, or remove it.",
	Bad:  "hosts: {small: {}}",
	Good: "hosts: {small: {}}\nfunctions: {enrich: {host: small}}",

	Stack: emptyHost,
})

func emptyHost(p *pass.Pass) {
	used := map[string]bool{}
	for _, s := range p.Functions {
		used[s.Function.Host] = true
	}
	for _, host := range slices.Sorted(maps.Keys(p.Values.Hosts)) {
		if !used[host] {
			p.Report([]string{"hosts", host}, "no function runs in this host", "set host: "+host+" in functions, or remove the host")
		}
	}
}
