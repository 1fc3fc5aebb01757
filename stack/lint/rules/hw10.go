// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "HW10", Severity: Error, Title: "A function writes to the topic that it reads",
	Why:  "Every event comes back as a new one: the topic fills, and scaling follows.",
	Fix:  "Write results and dead letters to other topics than the one that the function reads.",
	Bad:  "functions: {enrich: {sink: {topic: orders}}}",
	Good: "functions: {enrich: {sink: {topic: orders.enriched}}}",

	Function: eventsComeBack,
})

func eventsComeBack(s *pass.Scope) {
	f := s.Function
	sinks := append([]string{}, f.Sink.Topics...)
	if f.Sink.Topic != "" {
		sinks = append(sinks, f.Sink.Topic)
	}
	for _, topic := range sinks {
		if topic == f.Source.Topic && topic != "" {
			s.Report(s.At("sink"),
				s.What+" writes to the topic that it reads, "+strconv.Quote(topic)+": every event comes back forever",
				"use another sink topic")
		}
	}
	if dead := f.OnError.DeadLetterTopic; dead != "" && dead == f.Source.Topic {
		s.Report(s.At("onError.deadLetterTopic"),
			s.What+" sends failed events back to the topic that it reads, "+strconv.Quote(dead),
			"use another dead-letter topic")
	} else if dead != "" && dead == f.Sink.Topic {
		s.ReportAs(Warning, s.At("onError.deadLetterTopic"),
			"failed events go to the sink "+strconv.Quote(dead)+", among the results",
			"use a topic of its own")
	}
}
