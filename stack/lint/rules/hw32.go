// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW32", Severity: Warning, Title: "backoff is longer than maxBackoff",
	Why:  "One of the two does not do what it says.",
	Bad:  "functions: {enrich: {onError: {backoff: 1m}}}",
	Good: "functions: {enrich: {onError: {backoff: 1m, maxBackoff: 2m, retries: 3}}}",
})
