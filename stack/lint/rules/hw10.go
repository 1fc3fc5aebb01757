// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW10", Severity: Error, Title: "A function writes to the topic that it reads",
	Why:  "Every event comes back as a new one: the topic fills, and scaling follows.",
	Bad:  "functions: {enrich: {sink: {topic: orders}}}",
	Good: "functions: {enrich: {sink: {topic: orders.enriched}}}",
})
