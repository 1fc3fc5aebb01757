// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW43", Severity: Error, Title: "The module does not export the function",
	Why:  "Every call fails.",
	Bad:  "functions: {enrich: {abi: extism, module: {function: process}}}",
	Good: "functions: {enrich: {abi: extism, module: {function: handle}}}",
})
