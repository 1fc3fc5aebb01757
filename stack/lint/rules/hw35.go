// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW35", Severity: Error, Title: "A limit of calls is impossible",
	Why:  "A module addresses at most 4Gi in pages of 64Ki, and a call needs some time.",
	Bad:  "functions: {enrich: {limits: {memory: 8Gi}}}",
	Good: "functions: {enrich: {limits: {memory: 2Gi}, resources: {limits: {memory: 3Gi}}}}",
})
