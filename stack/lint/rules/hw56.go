// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "HW56", Severity: Error, Title: "A host's name is taken",
	Why:  "Its objects would have the same names as other objects in the release.",
	Fix:  "Rename the host.",
	Bad:  "hosts: {enrich: {}}\nfunctions: {enrich: {host: enrich}}",
	Good: "hosts: {small: {}}\nfunctions: {enrich: {host: small}}",

	Stack: sameNameAsHost,
})

func sameNameAsHost(p *pass.Pass) {
	for _, host := range slices.Sorted(maps.Keys(p.Values.Hosts)) {
		if slices.Contains(reservedNames, host) {
			p.Report([]string{"hosts", host}, "the name "+strconv.Quote(host)+" is taken by an object of the chart's own",
				"choose another name than "+strings.Join(reservedNames, ", "))
		}
		for _, s := range p.Scopes() {
			if s.Object == nil && s.Name == host {
				p.Report([]string{"hosts", host}, s.Root[0]+"."+host+" has the same name, and both need a ScaledObject of it",
					"rename one of them")
			}
		}
	}
}
