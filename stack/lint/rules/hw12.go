// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW12", Severity: Error, Title: "Unknown or unusable runtime",
	Why: "Pods with a RuntimeClass that does not exist are refused, and one without a handler cannot be made.",
	Bad: "functions: {enrich: {runtime: wasmtme}}",
	Good: "functions: {enrich: {runtime: wasmtime}}\n" +
		"runtimes: {wasmtime: {nodeSelector: {wasm: \"yes\"}}}",
})
