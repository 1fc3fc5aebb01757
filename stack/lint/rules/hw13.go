// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW13", Severity: Error, Title: "The ABI does not go with the runtime or the module",
	Why: "In-process functions speak redpanda, extism or wasi; under a RuntimeClass a function is a server that " +
		"is reached by HTTP.",
	Bad: "functions: {enrich: {abi: http}}",
	Good: "functions: {enrich: {abi: http, runtime: spin}}\n" +
		"runtimes: {spin: {nodeSelector: {wasm: \"yes\"}}}",
})
