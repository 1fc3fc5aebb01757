// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/text"
	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "KE13", Severity: Warning, Title: "Replicas do not fit the topic's partitions",
	Why: "A partition has at most one consumer in a group: replicas beyond the partitions are idle. KEDA caps the lag " +
		"at about partitions x lagThreshold, and rounding can still ask for one replica more than partitions " +
		"(lag 29 of 5 partitions with threshold 5: 6 replicas), while the HPA's tolerance of 10 % can keep the " +
		"last ones away (22 of 24 stay 22).",
	Fix:  "Raise the partitions of the topic, or lower the replicas to them.",
	Bad:  "functions: {enrich: {scaling: {maxReplicas: 40}}}",
	Good: "functions: {enrich: {scaling: {maxReplicas: 10}}}",

	Kafka: replicasAndPartitions,
})

// replicasAndPartitions compares replicas with partitions, the most that can work.
func replicasAndPartitions(s *pass.Scope, k *pass.KafkaTrigger) {
	sc, parts := s.Scaling, k.PartitionsIn
	if parts == 0 || !k.Own && !k.Alone {
		return
	}
	topic := "topic " + strconv.Quote(strings.Join(k.Topics, ",")) + " has " + strconv.Itoa(parts) +
		text.Plural(parts, " partition", " partitions")
	if k.Limitation != "" {
		topic = "partitionLimitation leaves " + strconv.Itoa(parts) + " of the partitions of topic " + strconv.Quote(k.Topics[0])
	}
	if sc.MaxReplicas > parts && !k.AllowIdle && (!k.Own || s.Sets("scaling.maxReplicas")) {
		result := "; " + s.What + " is capped there" // the chart does it
		if !k.Own || k.Limitation != "" {
			result = ": the other replicas idle"
		}
		s.Report(s.At("scaling.maxReplicas"),
			"maxReplicas is "+strconv.Itoa(sc.MaxReplicas)+", but "+topic+result,
			"raise kafka.topics."+k.Topics[0]+".partitions to "+strconv.Itoa(sc.MaxReplicas)+" or lower maxReplicas to "+
				strconv.Itoa(parts))
	}
	if sc.MinReplicas > parts {
		severity := Warning
		if k.Own && !k.AllowIdle && sc.MinReplicas > k.Partitions {
			severity = Error // the chart refuses it
		}
		s.ReportAs(severity, s.At("scaling.minReplicas"),
			"minReplicas is "+strconv.Itoa(sc.MinReplicas)+", but "+topic+": the other replicas idle forever",
			"lower minReplicas to "+strconv.Itoa(parts)+" or add partitions")
	}
	top := min(sc.MaxReplicas, parts)
	if k.Even && top > 0 && parts%top != 0 {
		s.Report(s.At("scaling.maxReplicas"),
			"maxReplicas "+strconv.Itoa(top)+" does not divide the "+strconv.Itoa(parts)+
				" partitions, so at the top the distribution is uneven",
			"use a divisor of "+strconv.Itoa(parts)+", such as "+strconv.Itoa(divisorBelow(parts, top)))
	}
	// The HPA leaves a deviation of 10 % alone: from 10/11 of the cap it does
	// not move up any more.
	if stuck := (top*10 + 10) / 11; !k.AllowIdle && sc.MaxReplicas >= parts && parts >= 11 && stuck < parts &&
		sc.Behavior.ScaleUp.Tolerance == "" {
		s.ReportAs(Info, s.At("scaling.maxReplicas"),
			"the HPA's tolerance of 10 % can keep "+s.What+" at "+strconv.Itoa(stuck)+" of "+strconv.Itoa(parts)+
				" replicas under full load, since KEDA caps the lag at partitions x lagThreshold",
			"set scaling.allowIdleConsumers: true, or scaling.behavior.scaleUp.tolerance: 0.01 on Kubernetes 1.35 and later, "+
				"if the last replicas matter")
	}
}

func divisorBelow(n, top int) int {
	for d := top; d > 1; d-- {
		if n%d == 0 {
			return d
		}
	}
	return 1
}
