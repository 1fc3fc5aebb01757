// SPDX-License-Identifier: Apache-2.0

package rules

import "github.com/helm-wasm/helm-wasm/stack/lint/pass"

// push is the scaling.activation that needs the release's scaler.
const push = "push"

var _ = register(Rule{
	ID: "KE26", Severity: Warning, Title: "A fallback does not start while the scaler is away",
	Why: "KEDA asks an external scaler for its metric's name first. When nobody answers it stops there and counts " +
		"no failure, so that no failureThreshold is ever passed (kedacore/keda#8056). While the scaler is there " +
		"and the brokers are not, the fallback starts as it should.",
	Fix:  "Remove the fallback: while the scaler is away, replicas stay as they are.",
	Bad:  "functions: {enrich: {scaling: {activation: push, fallback: {failureThreshold: 3, replicas: 2}}}}",
	Good: "functions: {enrich: {scaling: {activation: push}}}",

	Scaling: fallbackOfPush,
})

func fallbackOfPush(s *pass.Scope) {
	if s.Scaling.Activation == push && s.Source.Topic != "" && s.Scaling.Fallback.FailureThreshold != nil {
		s.Report(s.At("scaling.fallback"),
			"with activation push the fallback does not start while the scaler is away: KEDA counts no failure then",
			"remove fallback, which keeps the replicas that run, or set activation: poll")
	}
}
