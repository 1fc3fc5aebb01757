// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "KE12", Severity: Warning, Title: "The offset reset policy does not go with scaling to zero",
	Why: "A group that has never committed shows a lag of 1 for each partition with latest, so replicas start at " +
		"once, and what arrived before the first commit is lost. With scaleToZeroOnInvalidOffset the group never " +
		"wakes at all.",
	Bad:  "functions: {enrich: {source: {offsetResetPolicy: latest}}}",
	Good: "functions: {enrich: {source: {offsetResetPolicy: earliest}}}",
})
