// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "HW55", Severity: Warning, Title: "The setting belongs to the host",
	Why:  "A function in a host has no pod of its own: what it says of one has no effect.",
	Fix:  "Move the setting to the host, or give the function a Deployment of its own.",
	Bad:  "hosts: {small: {}}\nfunctions: {enrich: {host: small, resources: {limits: {memory: 1Gi}}}}",
	Good: "hosts: {small: {resources: {limits: {memory: 1Gi}}}}\nfunctions: {enrich: {host: small}}",

	Function: ofTheHost,
})

func ofTheHost(s *pass.Scope) {
	host := s.Function.Host
	if host == "" {
		return
	}
	for _, field := range []string{"resources", "pod", "serviceAccount", "podDisruptionBudget"} {
		if path := append(s.Root[:len(s.Root):len(s.Root)], field); s.Given(path...) {
			s.Report(path, field+" of a function in a host has no effect", "set hosts."+host+"."+field+", or leave host empty")
		}
	}
}
