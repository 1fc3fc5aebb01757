// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW27", Severity: Error, Title: "Not the name of an environment variable",
	Why: "wasi, redpanda and http functions get their config as environment variables; Kubernetes or the guest's " +
		"runtime drops or refuses odd names.",
	Bad:  "functions: {enrich: {config: {tax-rate: \"0.2\"}}}",
	Good: "functions: {enrich: {config: {TAX_RATE: \"0.2\"}}}",
})
