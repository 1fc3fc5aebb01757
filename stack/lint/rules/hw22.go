// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW22", Severity: Error, Title: "The memory limit is below what the module starts with",
	Why:  "The module cannot be instantiated; every replica fails.",
	Bad:  "functions: {enrich: {limits: {memory: 1Mi}}}",
	Good: "functions: {enrich: {limits: {memory: 16Mi}}}",
})
