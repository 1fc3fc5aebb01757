// SPDX-License-Identifier: Apache-2.0

package rules

import "github.com/helm-wasm/helm-wasm/stack/lint/pass"

var _ = register(Rule{
	ID: "HW32", Severity: Warning, Title: "backoff is longer than maxBackoff",
	Why:  "One of the two has no effect.",
	Fix:  "Raise maxBackoff or lower backoff.",
	Bad:  "functions: {enrich: {onError: {backoff: 1m}}}",
	Good: "functions: {enrich: {onError: {backoff: 1m, maxBackoff: 2m, retries: 3}}}",

	Function: backoffs,
})

func backoffs(s *pass.Scope) {
	e := &s.Function.OnError
	back, okB := duration(e.Backoff)
	most, okM := duration(e.MaxBackoff)
	if okB && okM && back > most {
		s.Report(s.At("onError.maxBackoff"),
			"maxBackoff "+e.MaxBackoff+" is shorter than backoff "+e.Backoff,
			"raise maxBackoff or lower backoff")
	}
}
