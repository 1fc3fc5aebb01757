// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW16", Severity: Warning, Title: "A topic is used but not listed in kafka.topics",
	Why: "Nothing creates it: the function waits, or the broker makes it with one partition. And since its " +
		"partitions are unknown, replicas are not capped.",
	Bad:  "functions: {enrich: {sink: {topic: orders.enrichd}}}",
	Good: "functions: {enrich: {sink: {topic: orders.enriched}}}",
})
