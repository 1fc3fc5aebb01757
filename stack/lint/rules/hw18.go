// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW18", Severity: Error, Title: "A function has no module, or two",
	Why:  "There is nothing to run, or no telling what.",
	Bad:  "functions: {enrich: {module: {configMap: {name: code, key: enrich.wasm}}}}",
	Good: "functions: {enrich: {module: {image: null, configMap: {name: code, key: enrich.wasm}}}}",
})
