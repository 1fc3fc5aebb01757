// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

var _ = register(Rule{
	ID: "HW35", Severity: Error, Title: "A limit of calls is impossible",
	Why:  "A module addresses at most 4Gi in pages of 64Ki, and a call needs some time.",
	Fix:  "Write a limit that a call can meet, such as memory: 64Mi and timeout: 5s.",
	Bad:  "functions: {enrich: {limits: {memory: 8Gi}}}",
	Good: "functions: {enrich: {limits: {memory: 2Gi}, resources: {limits: {memory: 3Gi}}}}",

	Function: impossibleLimits,
})

// maxModuleMemory is what a module of 32-bit Wasm can address.
const maxModuleMemory = 4 << 30

func impossibleLimits(s *pass.Scope) {
	lim := &s.Function.Limits
	mem := schema.BytesOf(lim.Memory)
	if lim.Memory != "" && mem < 64<<10 {
		s.Report(s.At("limits.memory"), "limits.memory "+string(lim.Memory)+" is less than one page of 64Ki", "write, for example, 64Mi")
	} else if mem > maxModuleMemory {
		s.Report(s.At("limits.memory"),
			"limits.memory "+string(lim.Memory)+" is more than the 4Gi that a module can address",
			"write 4Gi or less")
	}
	if d, ok := duration(lim.Timeout); ok && d == 0 && lim.Timeout != "" {
		s.Report(s.At("limits.timeout"), "limits.timeout 0 leaves a call no time", "write, for example, 5s")
	}
}
