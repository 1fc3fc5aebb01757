// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW01", Severity: Error, Title: "Unknown key",
	Why: "Nothing reads it, so what it should do does not happen. Usually it is a typing mistake, KEDA's " +
		"spelling, or a wrong indentation.",
	Bad:  "functions: {enrich: {scaling: {maxReplicaCount: 10}}}",
	Good: "functions: {enrich: {scaling: {maxReplicas: 10}}}",
})
