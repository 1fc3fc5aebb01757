// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "KE09", Severity: Error, Title: "The topic or consumer group is missing",
	Why: "Without a topic KEDA looks at whatever the group has committed: a new group stays at zero for ever, and " +
		"the cap is the partitions of all topics.",
	Bad:  "functions: {enrich: {source: {topic: null}}}",
	Good: "functions: {enrich: {source: {topic: orders}}}",
})
