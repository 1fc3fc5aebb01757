// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "HW23", Severity: Warning, Title: "The container's memory does not hold what functions may use",
	Why:  "The kernel kills the runner in the middle of the load that it was scaled for.",
	Bad:  "functions: {enrich: {limits: {memory: 64Mi, concurrency: 4}, resources: {limits: {memory: 128Mi}}}}",
	Good: "functions: {enrich: {limits: {memory: 64Mi, concurrency: 4}, resources: {limits: {memory: 320Mi}}}}",
})
