// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW29", Severity: Warning, Title: "Pods are killed before a call can end",
	Why:  "Every scale-in then interrupts calls, whose events are processed again elsewhere.",
	Bad:  "functions: {enrich: {limits: {timeout: 60s}}}",
	Good: "functions: {enrich: {limits: {timeout: 60s}, pod: {terminationGracePeriodSeconds: 90}}}",
})
