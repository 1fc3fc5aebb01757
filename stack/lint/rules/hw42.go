// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "HW42", Severity: Info, Title: "A RuntimeClass without node selector",
	Why: "Unless every node has the handler, some pods stay in ContainerCreating.",
	Fix: "Give the runtime a nodeSelector, or enable node setup.",
	Bad: "functions: {enrich: {runtime: wasmtime}}",
	Good: "functions: {enrich: {runtime: wasmtime}}\n" +
		"runtimes: {wasmtime: {nodeSelector: {wasm: \"yes\"}}}",

	Function: nodesWithoutHandler,
})

func nodesWithoutHandler(s *pass.Scope) {
	name := s.Function.Runtime
	r, ok := s.Values.Runtimes[name]
	if ok && !s.InProcess() && len(r.NodeSelector) == 0 && !s.Values.NodeSetup.Enabled && (r.Create == nil || *r.Create) {
		s.Report(s.At("runtime"),
			"runtime "+strconv.Quote(name)+
				" has no nodeSelector, so pods may land on nodes without its handler and stay in ContainerCreating",
			"set runtimes."+name+".nodeSelector, or nodeSetup.enabled")
	}
}
