// SPDX-License-Identifier: Apache-2.0

package rules

var _ = register(Rule{
	ID: "KE22", Severity: Error, Title: "A pause setting or annotation does not do what it says",
	Why: "KEDA fails on a paused-replicas that is not a number, reads every odd paused value as true, and looks for " +
		"hpa-ownership on the HPA only.",
	Bad:  "functions: {enrich: {scaling: {annotations: {autoscaling.keda.sh/paused-replicas: two}}}}",
	Good: "functions: {enrich: {scaling: {pausedReplicas: 2}}}",
})
