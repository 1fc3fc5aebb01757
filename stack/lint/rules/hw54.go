// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

var _ = register(Rule{
	ID: "HW54", Severity: Error, Title: "The host has too little memory for the function",
	Why:  "The host refuses a function that may take more than the host's whole budget.",
	Fix:  "Raise the host's memoryBudget or resources.limits.memory, or lower the function's limits.memory.",
	Bad:  "hosts: {small: {memoryBudget: 48Mi}}\nfunctions: {enrich: {host: small}}",
	Good: "hosts: {small: {memoryBudget: 96Mi}}\nfunctions: {enrich: {host: small}}",

	Function: tooLargeForHost,
})

func tooLargeForHost(s *pass.Scope) {
	host, known := s.Values.Hosts[s.Function.Host]
	if !known {
		return
	}
	need := schema.BytesOf(s.Function.Limits.Memory)
	budget, field := schema.BytesOf(host.MemoryBudget), "memoryBudget"
	if host.MemoryBudget == "" {
		budget, field = schema.BytesOf(host.Resources.Limits["memory"])/10*6, "resources.limits.memory"
	}
	if budget > 0 && need >= budget {
		s.Report(s.At("limits.memory"),
			"an instance may take "+mebibytes(need)+", and all functions of the host together "+mebibytes(budget)+
				" (hosts."+s.Function.Host+"."+field+")",
			"raise hosts."+s.Function.Host+"."+field+", or lower limits.memory")
	}
}

func mebibytes(n int64) string { return strconv.FormatInt(n>>20, 10) + "Mi" }
