// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW30", Severity: Info, Title: "The first event waits long",
	Why:  "From zero replicas KEDA only sees an event at its next poll.",
	Bad:  "functions: {enrich: {scaling: {pollingInterval: 300}}}",
	Good: "functions: {enrich: {scaling: {pollingInterval: 15}}}",
})
