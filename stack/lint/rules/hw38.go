// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW38", Severity: Warning, Title: "Retries hold a partition for a long time",
	Why:  "Events of one partition keep their order, so all behind a failing one wait for its last retry.",
	Bad:  "functions: {enrich: {onError: {retries: 1000}}}",
	Good: "functions: {enrich: {onError: {retries: 10}}}",
})
