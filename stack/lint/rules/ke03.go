// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "KE03", Severity: Error, Title: "Trigger metadata has a value that KEDA cannot read",
	Why: "KEDA reads integers as JSON: 1e+06, 010 and 1_000 fail when the scaler is built, and then there is no " +
		"HPA at all. The same holds for booleans, for values outside a fixed list, and for the schedules of cron " +
		"triggers.",
	Bad: "functions: {enrich: {scaling: {triggers: {list: {type: redis, metadata: {address: \"redis:6379\", " +
		"listName: jobs, listLength: \"1e+06\"}}}}}}",
	Good: "functions: {enrich: {scaling: {triggers: {list: {type: redis, metadata: {address: \"redis:6379\", " +
		"listName: jobs, listLength: \"1000000\"}}}}}}",
})
