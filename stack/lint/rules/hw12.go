// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/suggest"
	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "HW12", Severity: Error, Title: "Unknown or unusable runtime",
	Why: "Pods with a RuntimeClass that does not exist are refused, and a RuntimeClass without a handler cannot be created.",
	Fix: "Use wazero or a key of `runtimes`, or add the runtime there with its handler.",
	Bad: "functions: {enrich: {runtime: wasmtme}}",
	Good: "functions: {enrich: {runtime: wasmtime}}\n" +
		"runtimes: {wasmtime: {nodeSelector: {wasm: \"yes\"}}}",

	Stack:    namelessRuntimes,
	Function: unknownRuntime,
})

func unknownRuntime(s *pass.Scope) {
	name := s.Function.Runtime
	if _, ok := s.Values.Runtimes[name]; ok || s.InProcess() {
		return
	}
	fix := ""
	if !s.Full(Error) {
		names := append(slices.Sorted(maps.Keys(s.Values.Runtimes)), "wazero")
		fix = "use one of " + strings.Join(names, ", ") + ", or add it to runtimes"
		if best := s.Nearest(name, names); best != "" {
			fix = "did you mean " + best + "?"
		}
	}
	s.Report(s.At("runtime"), strconv.Quote(name)+" is neither wazero nor a key of runtimes", fix)
}

func namelessRuntimes(p *pass.Pass) {
	names := slices.Sorted(maps.Keys(p.Values.Runtimes))
	if n := &p.Values.NodeSetup; n.Enabled {
		for _, name := range slices.Sorted(maps.Keys(n.Runtimes)) {
			if _, ok := p.Values.Runtimes[name]; ok {
				continue
			}
			fix := "add it to runtimes"
			if best := suggest.Nearest(name, names); best != "" {
				fix = "did you mean " + best + "?"
			}
			p.Report([]string{"nodeSetup", "runtimes", name}, strconv.Quote(name)+" is not a key of runtimes", fix)
		}
	}
	for _, name := range names {
		if r := p.Values.Runtimes[name]; r.Handler == "" && (r.Create == nil || *r.Create) {
			p.Report([]string{"runtimes", name, "handler"},
				"runtime "+strconv.Quote(name)+" has no handler",
				"set handler to the name in the container runtime's configuration, or create: false and runtimeClassName")
		}
		if name == "wazero" {
			p.Report([]string{"runtimes", name}, `the name "wazero" is taken by the in-process runtime`, "use another name")
		}
	}
}
