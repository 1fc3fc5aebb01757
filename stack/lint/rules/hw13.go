// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "HW13", Severity: Error, Title: "The ABI does not fit the runtime or the module",
	Why: "In-process functions use redpanda, extism or wasi; under a RuntimeClass a function is a server that is called over HTTP.",
	Fix: "Choose the abi that the module fits, and a runtime that can run it; `helm wasm inspect` shows which one that is.",
	Bad: "functions: {enrich: {abi: http}}",
	Good: "functions: {enrich: {abi: http, runtime: spin}}\n" +
		"runtimes: {spin: {nodeSelector: {wasm: \"yes\"}}}",

	Function: mismatchedABI,
})

func mismatchedABI(s *pass.Scope) {
	f := s.Function
	_, known := s.Values.Runtimes[f.Runtime]
	switch {
	case s.InProcess() && f.ABI == "http":
		s.Report(s.At("abi"),
			"abi http needs a RuntimeClass: the in-process runtime wazero supports redpanda, extism and wasi",
			"set runtime to a key of runtimes, such as wasmtime or spin, or choose another abi")
	case known && !s.InProcess() && f.ABI != "auto" && f.ABI != "http" && f.ABI != "":
		s.Report(s.At("abi"),
			"abi "+f.ABI+" needs runtime wazero; under the RuntimeClass of "+strconv.Quote(f.Runtime)+" a function is reached by HTTP",
			"set abi: http (or auto), or runtime: wazero")
	}
	if len(f.Sink.Topics) > 0 && f.ABI != "redpanda" && f.ABI != "auto" {
		s.Report(s.At("sink.topics"),
			"only a function of abi redpanda chooses among several topics; this one is "+f.ABI, "use sink.topic")
	}
	info, known := s.Module()
	switch {
	case !known || f.ABI == "http": // not known, or reported already
	case info.ABI == "" && info.Exports != nil:
		s.Report(s.At("module"), "the module fits none of the contracts redpanda, extism, wasi and http",
			"see what it is with `helm wasm inspect`, and docs/FUNCTIONS.md for the contracts")
	case info.ABI == "http":
		s.Report(s.At("runtime"),
			"the module serves HTTP, which the in-process runtime wazero does not run",
			"set runtime to a key of runtimes, such as wasmtime or spin")
	case info.ABI != "" && f.ABI != "auto" && f.ABI != "" && info.ABI != f.ABI:
		s.Report(s.At("abi"), "abi is "+f.ABI+", but the module fits "+info.ABI, "set abi: "+info.ABI+", or auto")
	}
}
