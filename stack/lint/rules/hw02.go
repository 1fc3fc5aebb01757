// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW02", Severity: Error, Title: "Wrong type",
	Why:  "The chart's schema refuses the file at install.",
	Bad:  "functions: {enrich: {config: {RATE: 0.2}}}",
	Good: "functions: {enrich: {config: {RATE: \"0.2\"}}}",
})
