// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"
	"time"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "HW29", Severity: Warning, Title: "Pods are killed before a call can end",
	Why:  "Every scale-in then interrupts calls, whose events are processed again elsewhere.",
	Fix:  "Make pod.terminationGracePeriodSeconds longer than limits.timeout.",
	Bad:  "functions: {enrich: {limits: {timeout: 60s}}}",
	Good: "functions: {enrich: {limits: {timeout: 60s}, pod: {terminationGracePeriodSeconds: 90}}}",

	Function: killedInACall,
})

func killedInACall(s *pass.Scope) {
	f := s.Function
	d, ok := duration(f.Limits.Timeout)
	if seconds := f.Pod.TerminationGracePeriodSeconds; ok && d > 0 && d > time.Duration(seconds)*time.Second {
		s.Report(s.At("limits.timeout"),
			"a call may take "+f.Limits.Timeout+", but pods are killed "+strconv.Itoa(seconds)+
				" s after they are asked to stop; the event is then processed twice",
			"raise pod.terminationGracePeriodSeconds above limits.timeout")
	}
}
