// SPDX-License-Identifier: Apache-2.0

package rules

import "github.com/helm-wasm/helm-wasm/stack/lint/pass"

var _ = register(Rule{
	ID: "KE12", Severity: Warning, Title: "The offset reset policy does not fit scaling to zero",
	Why: "A group that has never committed shows a lag of 1 for each partition with latest, so replicas start at " +
		"once, and what arrived before the first commit is lost. With scaleToZeroOnInvalidOffset the group never " +
		"wakes at all.",
	Fix:  "Use offsetResetPolicy earliest, or minReplicas 1.",
	Bad:  "functions: {enrich: {source: {offsetResetPolicy: latest}}}",
	Good: "functions: {enrich: {source: {offsetResetPolicy: earliest}}}",

	Kafka: invalidOffsets,
})

// invalidOffsets looks at what a group without commits does.
func invalidOffsets(s *pass.Scope, k *pass.KafkaTrigger) {
	if s.Scaling.MinReplicas != 0 {
		return
	}
	latest := k.Reset == "latest" || k.Reset == "" && !k.Own
	never, severity := "a new consumer group never wakes: ", Error
	if !k.Alone {
		never, severity = "a new consumer group never wakes by this trigger: ", Warning
	}
	switch {
	case latest && k.ToZeroOnInvalid:
		s.ReportAs(severity, s.At(k.At("scaleToZeroOnInvalidOffset")),
			never+"with offsetResetPolicy latest, minReplicas 0 and scaleToZeroOnInvalidOffset, lag counts only after a "+
				"first commit that nobody makes",
			"use offsetResetPolicy earliest, or minReplicas 1")
	case latest && k.Reset == "":
		s.Report(s.At(k.Field),
			"without offsetResetPolicy KEDA uses latest: with minReplicas 0 it starts replicas at once for partitions without commit",
			"set metadata.offsetResetPolicy to what the application uses, best earliest")
	case latest:
		s.Report(s.At(k.At("offsetResetPolicy")),
			"with latest and minReplicas 0 events that arrive before the first commit are lost, and KEDA starts replicas at "+
				"once for partitions without commit",
			"use offsetResetPolicy earliest, or minReplicas 1")
	case k.ToZeroOnInvalid:
		s.ReportAs(severity, s.At(k.At("scaleToZeroOnInvalidOffset")),
			never+"scaleToZeroOnInvalidOffset counts partitions without a commit as no lag, and with minReplicas 0 nobody "+
				"makes the first commit",
			"remove scaleToZeroOnInvalidOffset, or set minReplicas to 1")
	}
}
