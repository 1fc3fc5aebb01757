// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "KE10", Severity: Error, Title: "Kafka trigger settings do not go together",
	Why: "KEDA refuses to build the scaler, and without a scaler there is no HPA. Partitions that the topic does " +
		"not have are never seen.",
	Bad:  "functions: {enrich: {scaling: {allowIdleConsumers: true, limitToPartitionsWithLag: true}}}",
	Good: "functions: {enrich: {scaling: {limitToPartitionsWithLag: true}}}",
})
