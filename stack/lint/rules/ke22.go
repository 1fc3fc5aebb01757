// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "KE22", Severity: Error, Title: "A pause setting or annotation does not do what it says",
	Why: "KEDA fails on a paused-replicas that is no number, takes every odd paused value for true, and looks for " +
		"hpa-ownership on the HPA only.",
	Bad:  "functions: {enrich: {scaling: {annotations: {autoscaling.keda.sh/paused-replicas: two}}}}",
	Good: "functions: {enrich: {scaling: {pausedReplicas: 2}}}",
})
