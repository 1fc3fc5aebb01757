// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "KE13", Severity: Warning, Title: "Replicas do not go with the topic's partitions",
	Why: "A partition has at most one consumer in a group: replicas beyond the partitions idle. KEDA caps the lag " +
		"at about partitions x lagThreshold, and rounding can still ask for one replica more than partitions " +
		"(lag 29 of 5 partitions with threshold 5: 6 replicas), while the HPA's tolerance of 10 % can keep the " +
		"last ones away (22 of 24 stay 22).",
	Bad:  "functions: {enrich: {scaling: {maxReplicas: 40}}}",
	Good: "functions: {enrich: {scaling: {maxReplicas: 10}}}",
})
