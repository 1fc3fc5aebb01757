// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "KE17", Severity: Error, Title: "The HPA's behavior is invalid or partial",
	Why: "KEDA passes behavior on without a check; the API server then refuses the HPA, and nothing scales. A " +
		"partial behavior makes KEDA rewrite the HPA again and again.",
	Bad: "functions: {enrich: {scaling: {behavior: {scaleDown: {policies: [{type: Pods, value: 1}]}}}}}",
	Good: "functions: {enrich: {scaling: {behavior: {scaleDown: {policies: [{type: Pods, value: 1, periodSeconds: " +
		"60}]}}}}}",
})
