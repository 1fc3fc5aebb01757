// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW42", Severity: Info, Title: "A RuntimeClass without node selector",
	Why: "Unless every node has the handler, some pods stay in ContainerCreating.",
	Bad: "functions: {enrich: {runtime: wasmtime}}",
	Good: "functions: {enrich: {runtime: wasmtime}}\n" +
		"runtimes: {wasmtime: {nodeSelector: {wasm: \"yes\"}}}",
})
