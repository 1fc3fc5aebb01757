// SPDX-License-Identifier: Apache-2.0

package pass

import (
	"slices"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// KafkaTrigger is what rules see of a trigger on Kafka: that of source, or one of
// scaling.triggers, whose settings are strings in its metadata.
type KafkaTrigger struct {
	*Trigger          // nil for that of source
	Own      bool     // of source
	Field    string   // scaling, or that of Trigger
	Scaler   string   // kafka or apache-kafka
	Topics   []string // known by name
	HasTopic bool     // named, if only in an environment variable
	Alone    bool     // nothing else scales the target

	Lag, Activation          int64
	Reset                    string // offsetResetPolicy
	Limitation               string // partitionLimitation
	AllowIdle                bool   // allowIdleConsumers
	LimitToLag               bool   // limitToPartitionsWithLag
	Even                     bool   // ensureEvenDistributionOfPartitions
	ToZeroOnInvalid          bool   // scaleToZeroOnInvalidOffset
	Partitions, PartitionsIn int    // of the topics, and those that Limitation leaves; 0 is unknown
}

// ownTrigger is the one that the chart makes of source.
func (s *Scope) ownTrigger() *KafkaTrigger {
	sc, src := s.Scaling, s.Source
	k := &KafkaTrigger{
		Own: true, Scaler: "kafka", Field: "scaling", Topics: []string{src.Topic}, HasTopic: true,
		Lag: int64(sc.LagThreshold), Activation: int64(sc.ActivationLagThreshold),
		Reset: src.OffsetResetPolicy, Limitation: sc.PartitionLimitation,
		AllowIdle: sc.AllowIdleConsumers, LimitToLag: sc.LimitToPartitionsWithLag,
		Even: sc.EnsureEvenDistributionOfPartitions, ToZeroOnInvalid: sc.ScaleToZeroOnInvalidOffset,
		Alone: len(sc.Triggers) == 0,
	}
	s.countPartitions(k)
	return k
}

// rawTrigger is one of scaling.triggers, with KEDA's own defaults.
func (s *Scope) rawTrigger(t *Trigger) *KafkaTrigger {
	k := &KafkaTrigger{
		Trigger: t, Scaler: t.Type, Field: t.Field,
		Lag: t.Number("lagThreshold", 10), Activation: t.Number("activationLagThreshold", 0),
		Reset: t.Text("offsetResetPolicy"), Limitation: t.Text("partitionLimitation"),
		AllowIdle: t.Flag("allowIdleConsumers"), LimitToLag: t.Flag("limitToPartitionsWithLag"),
		Even: t.Flag("ensureEvenDistributionOfPartitions"), ToZeroOnInvalid: t.Flag("scaleToZeroOnInvalidOffset"),
		HasTopic: t.Text("topicFromEnv") != "",
		Alone:    s.Source.Topic == "" && len(s.Scaling.Triggers) == 1,
	}
	if topic := t.Text("topic"); topic != "" {
		k.HasTopic = true
		k.Topics = []string{topic}
		if t.Type == "apache-kafka" {
			k.Topics = strings.Split(topic, ",")
			for i := range k.Topics {
				k.Topics[i] = strings.TrimSpace(k.Topics[i])
			}
		}
	}
	s.countPartitions(k)
	return k
}

// At is the field of a setting.
func (k *KafkaTrigger) At(setting string) string {
	switch {
	case !k.Own:
		return k.SettingAt(setting)
	case setting == "offsetResetPolicy" || setting == "topic":
		return "source." + setting
	}
	return k.Field + "." + setting
}

func (s *Scope) countPartitions(k *KafkaTrigger) {
	k.Partitions = s.partitionsOf(k)
	k.PartitionsIn = k.Partitions
	if k.Partitions == 0 || k.Limitation == "" || len(k.Topics) > 1 {
		return
	}
	if limited, ok := ParsePartitions(k.Limitation); ok {
		if left := limited.Below(k.Partitions); left > 0 {
			k.PartitionsIn = left
		}
	}
}

// partitionsOf counts the partitions of a trigger's topics; 0 is unknown. A raw
// trigger may mean another cluster, whose topics are not these.
func (s *Scope) partitionsOf(k *KafkaTrigger) int {
	if len(k.Topics) == 0 || !k.Own && isForeign(&s.Values.Kafka, k) {
		return 0
	}
	sum := 0
	for _, topic := range k.Topics {
		n := s.Partitions(topic)
		if n == 0 {
			return 0
		}
		sum += n
	}
	return sum
}

// isForeign says that a raw trigger asks other brokers than those of kafka.
func isForeign(kafka *schema.Kafka, k *KafkaTrigger) bool {
	if kafka.Mode != "external" || len(kafka.BootstrapServers) == 0 {
		return false
	}
	servers := k.Text("bootstrapServers")
	for server := range strings.SplitSeq(servers, ",") {
		if slices.Contains(kafka.BootstrapServers, strings.TrimSpace(server)) {
			return false
		}
	}
	return servers != ""
}
