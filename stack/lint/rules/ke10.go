// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "KE10", Severity: Error, Title: "Kafka trigger settings that exclude each other",
	Why: "KEDA refuses to build the scaler, and without a scaler there is no HPA. Partitions that the topic does " +
		"not have are never seen.",
	Fix:  "Keep one of two settings that exclude each other, and name the topic and partitions that exist.",
	Bad:  "functions: {enrich: {scaling: {allowIdleConsumers: true, limitToPartitionsWithLag: true}}}",
	Good: "functions: {enrich: {scaling: {limitToPartitionsWithLag: true}}}",

	Kafka: exclusiveSettings,
})

// exclusiveSettings reports settings for which KEDA does not build the scaler.
func exclusiveSettings(s *pass.Scope, k *pass.KafkaTrigger) {
	kafka := k.Scaler == "kafka" // apache-kafka checks less
	switch {
	case k.AllowIdle && k.LimitToLag:
		s.Report(s.At(k.At("limitToPartitionsWithLag")),
			"limitToPartitionsWithLag and allowIdleConsumers exclude each other; KEDA refuses the trigger",
			"keep one of the two")
	case k.Even && k.LimitToLag && kafka:
		s.Report(s.At(k.At("limitToPartitionsWithLag")),
			"limitToPartitionsWithLag and ensureEvenDistributionOfPartitions exclude each other; KEDA refuses the trigger",
			"keep one of the two")
	}
	if !k.HasTopic {
		withoutTopic(s, k)
	}
	if k.Limitation != "" {
		limitation(s, k)
	}
}

func withoutTopic(s *pass.Scope, k *pass.KafkaTrigger) {
	if k.LimitToLag {
		s.Report(s.At(k.At("limitToPartitionsWithLag")),
			"limitToPartitionsWithLag needs a topic; KEDA refuses the trigger", "set metadata.topic")
	}
	if k.Even && k.Scaler == "kafka" {
		s.Report(s.At(k.At("ensureEvenDistributionOfPartitions")),
			"ensureEvenDistributionOfPartitions needs a topic; KEDA refuses the trigger", "set metadata.topic")
	}
	if k.Limitation != "" {
		s.ReportAs(Warning, s.At(k.At("partitionLimitation")),
			"partitionLimitation is ignored without a topic", "set metadata.topic")
	}
}

func limitation(s *pass.Scope, k *pass.KafkaTrigger) {
	limited, ok := pass.ParsePartitions(k.Limitation)
	path := s.At(k.At("partitionLimitation"))
	switch {
	case !ok:
		s.Report(path, strconv.Quote(k.Limitation)+" is not a list of partitions", `write "1,2,10-20"`)
		return
	case len(limited) == 0:
		s.ReportAs(Warning, path,
			strconv.Quote(k.Limitation)+" names no partition, so KEDA looks at all",
			`write ranges upwards, as in "10-20"`)
		return
	case k.Partitions == 0 || len(k.Topics) > 1:
		return
	}
	top := strconv.Itoa(k.Partitions - 1)
	if limited.Below(k.Partitions) == 0 {
		s.Report(path,
			"the topic has the partitions 0 to "+top+", none of which is in "+strconv.Quote(k.Limitation)+": KEDA never sees any lag",
			"name partitions of the topic")
	} else if last := limited[len(limited)-1].To; last >= k.Partitions {
		s.ReportAs(Warning, path,
			"partitionLimitation names partition "+strconv.Itoa(last)+", but the topic has 0 to "+top,
			"name partitions of the topic, or raise its partitions")
	}
}
