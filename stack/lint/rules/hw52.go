// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "HW52", Severity: Error, Title: "The function cannot run in a host",
	Why: "A host runs functions in its own process. A function under a RuntimeClass is a container of its own.",
	Fix: "Leave host empty, or set runtime to wazero.",
	Bad: "functions: {enrich: {host: small, runtime: wasmtime}}\nhosts: {small: {}}\n" +
		"runtimes: {wasmtime: {nodeSelector: {wasm: \"yes\"}}}",
	Good: "functions: {enrich: {runtime: wasmtime}}\nruntimes: {wasmtime: {nodeSelector: {wasm: \"yes\"}}}",

	Function: notForHosts,
})

func notForHosts(s *pass.Scope) {
	if s.Function.Host == "" || s.InProcess() {
		return // HW13 reports abi http with runtime wazero
	}
	s.Report(s.At("host"),
		"under the RuntimeClass of "+strconv.Quote(s.Function.Runtime)+" a function has a container of its own, and cannot run in a host",
		"leave host empty, or set runtime to wazero")
}
