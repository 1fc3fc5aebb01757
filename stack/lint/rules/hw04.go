// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW04", Severity: Error, Title: "Number out of bounds",
	Why:  "The chart's schema refuses the file at install.",
	Bad:  "functions: {enrich: {scaling: {pollingInterval: 0}}}",
	Good: "functions: {enrich: {scaling: {pollingInterval: 5}}}",
})
