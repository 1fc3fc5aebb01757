// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "HW16", Severity: Warning, Title: "A topic is used but not listed in kafka.topics",
	Why: "Nothing creates it: the function waits, or the broker creates it with one partition. And since its " +
		"partitions are unknown, replicas are not capped.",
	Fix:  "Add the topic to `kafka.topics`, or correct its name.",
	Bad:  "functions: {enrich: {sink: {topic: orders.enrichd}}}",
	Good: "functions: {enrich: {sink: {topic: orders.enriched}}}",

	Function: missingTopics,
})

func missingTopics(s *pass.Scope) {
	k := &s.Values.Kafka
	if k.Mode == "external" && !k.CreateTopics && len(k.Topics) == 0 {
		return
	}
	f := s.Function
	missingTopic(s, "source.topic", f.Source.Topic)
	missingTopic(s, "sink.topic", f.Sink.Topic)
	missingTopic(s, "onError.deadLetterTopic", f.OnError.DeadLetterTopic)
	for _, topic := range f.Sink.Topics {
		missingTopic(s, "sink.topics", topic)
	}
}

func missingTopic(s *pass.Scope, field, topic string) {
	if topic == "" {
		return
	}
	if _, ok := s.Values.Kafka.Topics[topic]; ok {
		return
	}
	fix := "add it: kafka.topics." + topic + ": {partitions: 3}"
	if !s.Full(Warning) { // looks at every topic
		if best := s.Nearest(topic, s.TopicNames()); best != "" {
			fix = "did you mean " + best + "? Or add it to kafka.topics"
		}
	}
	s.Report(s.At(field),
		"topic "+strconv.Quote(topic)+" is not in kafka.topics, so nothing creates it and its partitions are unknown", fix)
}
