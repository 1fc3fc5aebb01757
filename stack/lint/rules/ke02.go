// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "KE02", Severity: Error, Title: "Trigger metadata is not a scalar",
	Why: "KEDA's metadata maps strings to strings. The chart quotes numbers and booleans; lists and mappings have " +
		"no spelling.",
	Bad: "functions: {enrich: {scaling: {triggers: {m: {type: external, metadata: {scalerAddress: \"scaler:9090\", " +
		"tags: [a, b]}}}}}}",
	Good: "functions: {enrich: {scaling: {triggers: {m: {type: external, metadata: {scalerAddress: \"scaler:9090\", " +
		"tags: \"a,b\"}}}}}}",
})
