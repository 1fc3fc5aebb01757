// SPDX-License-Identifier: Apache-2.0

package rules

import "github.com/helm-wasm/helm-wasm/stack/lint/pass"

var _ = register(Rule{
	ID: "HW14", Severity: Warning, Title: "Nowhere for events that always fail",
	Why: "One poison event holds up its partition until somebody acts, usually at night. The lag grows, KEDA adds " +
		"replicas, and none of them helps.",
	Fix:  "Name a dead-letter topic, or set action: block or drop if that is meant.",
	Bad:  "functions: {enrich: {onError: {deadLetterTopic: null}}}",
	Good: "functions: {enrich: {onError: {deadLetterTopic: orders.dead}}}",

	Function: noWayOut,
})

func noWayOut(s *pass.Scope) {
	e := &s.Function.OnError
	switch {
	case e.Action == "deadLetter" && e.DeadLetterTopic == "":
		s.ReportAs(Error, s.At("onError.action"), "action deadLetter needs onError.deadLetterTopic", "name the topic")
	case (e.Action == "auto" || e.Action == "") && e.DeadLetterTopic == "":
		s.Report(s.At("onError"),
			"without deadLetterTopic an event that always fails holds up its partition forever",
			"set onError.deadLetterTopic, or say action: block or drop if that is meant")
	case e.DeadLetterTopic != "" && (e.Action == "block" || e.Action == "drop"):
		s.ReportAs(Warning, s.At("onError.deadLetterTopic"),
			"deadLetterTopic is not used with action "+e.Action, "set action: deadLetter, or remove the topic")
	}
}
