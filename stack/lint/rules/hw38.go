// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"time"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "HW38", Severity: Warning, Title: "Retries hold a partition for a long time",
	Why:  "Events of one partition keep their order, so all behind a failing one wait for its last retry.",
	Fix:  "Lower retries, maxBackoff or limits.timeout.",
	Bad:  "functions: {enrich: {onError: {retries: 1000}}}",
	Good: "functions: {enrich: {onError: {retries: 10}}}",

	Function: longHold,
})

func longHold(s *pass.Scope) {
	e := &s.Function.OnError
	back, okB := duration(e.Backoff)
	most, okM := duration(e.MaxBackoff)
	timeout, okT := duration(s.Function.Limits.Timeout)
	if !okB || !okM || !okT || e.Action == "block" {
		return
	}
	worst := timeout
	wait := back
	for range min(e.Retries, 1000) {
		worst += min(wait, most) + timeout
		wait = min(wait*2, most)
	}
	if worst > 30*time.Minute {
		s.Report(s.At("onError.retries"),
			"one event that always fails holds up its partition for "+worst.Round(time.Minute).String()+
				" (retries x timeout and backoff)",
			"lower retries, limits.timeout or maxBackoff")
	}
}
