// SPDX-License-Identifier: Apache-2.0

package rules

import "github.com/helm-wasm/helm-wasm/stack/lint/pass"

var _ = register(Rule{
	ID: "KE09", Severity: Error, Title: "The topic or consumer group is missing",
	Why: "Without a topic KEDA looks at whatever the group has committed: a new group stays at zero forever, and " +
		"the cap is the partitions of all topics.",
	Fix:  "Name the topic, and for a workload the consumer group that the application joins.",
	Bad:  "functions: {enrich: {source: {topic: null}}}",
	Good: "functions: {enrich: {source: {topic: orders}}}",

	Function: functionWithoutTopic,
	Workload: workloadWithoutTopic,
	Trigger:  triggerWithoutTopic,
})

func functionWithoutTopic(s *pass.Scope) {
	if s.Source.Topic == "" {
		s.Report(s.At("source.topic"), s.What+" has no source.topic", "set source.topic to the topic that it reads")
	}
}

func workloadWithoutTopic(s *pass.Scope) {
	if s.Source.Topic == "" && len(s.Triggers) == 0 {
		s.Report(s.At("source.topic"),
			s.What+" has neither source.topic nor scaling.triggers, so nothing scales it",
			"set source.topic and source.consumerGroup, or scaling.triggers")
	}
	if s.Source.Topic != "" && s.Source.ConsumerGroup == "" {
		s.Report(s.At("source.consumerGroup"),
			s.What+" has no source.consumerGroup; KEDA must know the group that your application joins",
			"set source.consumerGroup to your application's group.id")
	}
}

func triggerWithoutTopic(s *pass.Scope, t *pass.Trigger) {
	if t.IsKafka() && t.Metadata["topic"] == nil && t.Metadata["topicFromEnv"] == nil {
		s.ReportAs(Warning, s.At(t.Field),
			"the "+t.Type+" trigger names no topic: a group without commits never wakes, and the cap is the partitions of all topics",
			"set metadata.topic")
	}
}
