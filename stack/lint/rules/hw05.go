// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW05", Severity: Error, Title: "Not in the required form",
	Why: "Names, quantities, durations, topics and images have a grammar of Kubernetes, Go or Kafka, which would " +
		"refuse it later.",
	Bad:  "functions: {enrich: {limits: {timeout: 10 seconds}}}",
	Good: "functions: {enrich: {limits: {timeout: 10s}}}",
})
