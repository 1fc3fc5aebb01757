// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "HW30", Severity: Info, Title: "The first event waits long",
	Why:  "From zero replicas KEDA only sees an event at its next poll.",
	Fix:  "Lower pollingInterval, set activation: push, or keep one replica running.",
	Bad:  "functions: {enrich: {scaling: {pollingInterval: 300}}}",
	Good: "functions: {enrich: {scaling: {pollingInterval: 15}}}",

	Scaling: slowStart,
})

func slowStart(s *pass.Scope) {
	pushed := s.Scaling.Activation == push && s.Source.Topic != ""
	if sc := s.Scaling; sc.MinReplicas == 0 && sc.PollingInterval > 60 && !pushed {
		s.Report(s.At("scaling.pollingInterval"),
			"the first event after a quiet time waits up to "+strconv.Itoa(sc.PollingInterval)+" s before the first replica starts",
			"lower pollingInterval, set activation: push, or keep minReplicas at 1")
	}
}
