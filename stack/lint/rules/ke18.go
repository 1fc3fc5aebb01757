// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "KE18", Severity: Error, Title: "The metric type does not go with the trigger",
	Why: "cpu and memory triggers need metricType Utilization or AverageValue and a request to measure against; " +
		"no other trigger may use Utilization. Both alone cannot start from zero.",
	Bad: "functions: {enrich: {resources: {requests: {cpu: null}}, scaling: {triggers: {load: {type: cpu, " +
		"metricType: Utilization, metadata: {value: \"60\"}}}}}}",
	Good: "functions: {enrich: {resources: {requests: {cpu: 100m}}, scaling: {triggers: {load: {type: cpu, " +
		"metricType: Utilization, metadata: {value: \"60\"}}}}}}",
})
