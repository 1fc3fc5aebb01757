// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

var _ = register(Rule{
	ID: "HW22", Severity: Error, Title: "The memory limit is below what the module starts with",
	Why:  "The module cannot be instantiated; every replica fails.",
	Fix:  "Raise limits.memory.",
	Bad:  "functions: {enrich: {limits: {memory: 1Mi}}}",
	Good: "functions: {enrich: {limits: {memory: 16Mi}}}",

	Modules:  map[string]pass.ModuleInfo{"enrich": {ABI: "wasi", MinMemory: 4 << 20}},
	Function: startsTooLarge,
})

func startsTooLarge(s *pass.Scope) {
	info, known := s.Module()
	limit := s.Function.Limits.Memory
	if mem := schema.BytesOf(limit); known && info.MinMemory > mem && mem > 0 {
		s.Report(s.At("limits.memory"),
			"limits.memory "+string(limit)+" is less than the "+strconv.Itoa(int((info.MinMemory+(1<<20)-1)>>20))+
				"Mi that the module starts with",
			"raise limits.memory")
	}
}
