// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

var _ = register(Rule{
	ID: "HW23", Severity: Warning, Title: "The container has less memory than functions may use",
	Why:  "The kernel kills the runner under the very load that it was scaled for.",
	Fix:  "Raise resources.limits.memory, or lower limits.memory or limits.concurrency.",
	Bad:  "functions: {enrich: {limits: {memory: 64Mi, concurrency: 4}, resources: {limits: {memory: 128Mi}}}}",
	Good: "functions: {enrich: {limits: {memory: 64Mi, concurrency: 4}, resources: {limits: {memory: 320Mi}}}}",

	Function: containerTooSmall,
})

func containerTooSmall(s *pass.Scope) {
	f := s.Function
	mem, quota := schema.BytesOf(f.Limits.Memory), f.Resources.Limits["memory"]
	if quota == "" || mem > maxModuleMemory || !s.InProcess() {
		return
	}
	n := max(1, int64(f.Limits.Concurrency))
	if have := schema.BytesOf(quota); have > 0 && mem*n > have {
		s.Report(s.At("resources.limits.memory"),
			"the container may use "+string(quota)+", but "+strconv.Itoa(int(n))+" x limits.memory "+string(f.Limits.Memory)+
				" is more: the kernel kills the runner when functions use all that they may",
			"raise resources.limits.memory above "+strconv.Itoa(int(mem*n>>20))+"Mi, or lower limits.memory or limits.concurrency")
	}
}
