// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW03", Severity: Error, Title: "Not one of the legal values",
	Why:  "The chart's schema refuses the file at install.",
	Bad:  "functions: {enrich: {delivery: exactly_once}}",
	Good: "functions: {enrich: {delivery: at-least-once}}",
})
