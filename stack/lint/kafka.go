// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"slices"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/text"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// kafkaTrigger is what rules see of a trigger on Kafka: that of source, or one
// of scaling.triggers, whose settings are strings in its metadata.
type kafkaTrigger struct {
	own                                      bool // of source
	field                                    string
	typ                                      string // kafka or apache-kafka
	topics                                   []string
	hasTopic                                 bool // named, if only in an environment variable
	lag, activation                          int64
	reset, limitation                        string
	allowIdle, limitToLag, even, zeroInvalid bool
	trigger                                  *schema.Trigger // nil for that of source
	sole                                     bool            // nothing else scales the target
}

// ownTrigger is the one that the chart makes of source.
func ownTrigger(sc *schema.Scaling, src *schema.Source) kafkaTrigger {
	return kafkaTrigger{
		own: true, typ: "kafka", field: "scaling", topics: []string{src.Topic}, hasTopic: true,
		lag: int64(sc.LagThreshold), activation: int64(sc.ActivationLagThreshold),
		reset: src.OffsetResetPolicy, limitation: sc.PartitionLimitation,
		allowIdle: sc.AllowIdleConsumers, limitToLag: sc.LimitToPartitionsWithLag,
		even: sc.EnsureEvenDistributionOfPartitions, zeroInvalid: sc.ScaleToZeroOnInvalidOffset,
		sole: len(sc.Triggers) == 0,
	}
}

// rawTrigger is one of scaling.triggers, with KEDA's own defaults.
func rawTrigger(field string, t *schema.Trigger) kafkaTrigger {
	k := kafkaTrigger{
		typ: t.Type, field: field, trigger: t,
		lag: t.Number("lagThreshold", 10), activation: t.Number("activationLagThreshold", 0),
		reset: t.Text("offsetResetPolicy"), limitation: t.Text("partitionLimitation"),
		allowIdle: t.Flag("allowIdleConsumers"), limitToLag: t.Flag("limitToPartitionsWithLag"),
		even: t.Flag("ensureEvenDistributionOfPartitions"), zeroInvalid: t.Flag("scaleToZeroOnInvalidOffset"),
		hasTopic: t.Text("topicFromEnv") != "",
	}
	if topic := t.Text("topic"); topic != "" {
		k.hasTopic = true
		k.topics = []string{topic}
		if t.Type == "apache-kafka" {
			k.topics = strings.Split(topic, ",")
			for i := range k.topics {
				k.topics[i] = strings.TrimSpace(k.topics[i])
			}
		}
	}
	return k
}

// at is the field of a setting.
func (k *kafkaTrigger) at(setting string) string {
	switch {
	case !k.own:
		if _, ok := k.trigger.Metadata[setting]; !ok {
			return k.field
		}
		return k.field + ".metadata." + setting
	case setting == "offsetResetPolicy" || setting == "topic":
		return "source." + setting
	}
	return k.field + "." + setting
}

// partitionsOf counts the partitions of a trigger's topics; 0 is unknown. A
// raw trigger may mean another cluster, whose topics are not these.
func (s *scope) partitionsOf(k *kafkaTrigger) int {
	if len(k.topics) == 0 || !k.own && s.foreign(k) {
		return 0
	}
	sum := 0
	for _, topic := range k.topics {
		n := s.l.partitions(topic)
		if n == 0 {
			return 0
		}
		sum += n
	}
	return sum
}

// foreign says that a raw trigger asks other brokers than those of kafka.
func (s *scope) foreign(k *kafkaTrigger) bool {
	kafka := &s.l.v.Kafka
	if kafka.Mode != "external" || len(kafka.BootstrapServers) == 0 {
		return false
	}
	servers := k.trigger.Text("bootstrapServers")
	for server := range strings.SplitSeq(servers, ",") {
		if slices.Contains(kafka.BootstrapServers, strings.TrimSpace(server)) {
			return false
		}
	}
	return servers != ""
}

// kafkaTrigger holds the rules for both kinds of triggers.
func (s *scope) kafkaTrigger(k *kafkaTrigger, sc *schema.Scaling) {
	parts := s.partitionsOf(k)
	s.exclusive(k)
	parts = s.limitation(k, parts)
	s.invalidOffsets(k, sc)
	if sc.MinReplicas == 0 && k.activation >= k.lag && k.activation > 0 && sc.ScalingModifiers.Formula == "" {
		s.add("KE14", k.at("activationLagThreshold"),
			"activationLagThreshold "+strconv.FormatInt(k.activation, 10)+" is not below lagThreshold "+
				strconv.FormatInt(k.lag, 10)+": at a lag between the two KEDA goes to zero while the HPA wants more than one replica",
			"set activationLagThreshold below lagThreshold")
	}
	if parts > 0 && (k.own || k.sole) {
		s.partitionBounds(k, sc, parts)
	}
}

// exclusive reports settings for which KEDA does not build the scaler.
func (s *scope) exclusive(k *kafkaTrigger) {
	kafka := k.typ == "kafka" // apache-kafka checks less
	switch {
	case k.allowIdle && k.limitToLag:
		s.add("KE10", k.at("limitToPartitionsWithLag"),
			"limitToPartitionsWithLag and allowIdleConsumers exclude each other; KEDA refuses the trigger",
			"keep one of the two")
	case k.even && k.limitToLag && kafka:
		s.add("KE10", k.at("limitToPartitionsWithLag"),
			"limitToPartitionsWithLag and ensureEvenDistributionOfPartitions exclude each other; KEDA refuses the trigger",
			"keep one of the two")
	}
	if k.hasTopic {
		return
	}
	if k.limitToLag {
		s.add("KE10", k.at("limitToPartitionsWithLag"),
			"limitToPartitionsWithLag needs a topic; KEDA refuses the trigger", "set metadata.topic")
	}
	if k.even && kafka {
		s.add("KE10", k.at("ensureEvenDistributionOfPartitions"),
			"ensureEvenDistributionOfPartitions needs a topic; KEDA refuses the trigger", "set metadata.topic")
	}
	if k.limitation != "" {
		s.addAs(SeverityWarning, "KE10", k.at("partitionLimitation"),
			"partitionLimitation is ignored without a topic", "set metadata.topic")
	}
}

// limitation checks partitionLimitation and returns how many partitions it leaves.
func (s *scope) limitation(k *kafkaTrigger, parts int) int {
	if k.limitation == "" {
		return parts
	}
	limited, ok := parsePartitions(k.limitation)
	field := k.at("partitionLimitation")
	switch {
	case !ok:
		s.add("KE10", field, strconv.Quote(k.limitation)+" is not a list of partitions", `write "1,2,10-20"`)
		return parts
	case len(limited) == 0:
		s.addAs(SeverityWarning, "KE10", field,
			strconv.Quote(k.limitation)+" names no partition, so KEDA looks at all",
			`write ranges upwards, as in "10-20"`)
		return parts
	case parts == 0 || len(k.topics) > 1:
		return parts
	}
	left := limited.below(parts)
	last := limited[len(limited)-1].to
	switch {
	case left == 0:
		s.add("KE10", field,
			"the topic has the partitions 0 to "+strconv.Itoa(parts-1)+", none of which is in "+strconv.Quote(k.limitation)+
				": KEDA never sees any lag",
			"name partitions of the topic")
		return parts
	case last >= parts:
		s.addAs(SeverityWarning, "KE10", field,
			"partitionLimitation names partition "+strconv.Itoa(last)+", but the topic has 0 to "+strconv.Itoa(parts-1),
			"name partitions of the topic, or raise its partitions")
	}
	return left
}

// invalidOffsets looks at what a group without commits does.
func (s *scope) invalidOffsets(k *kafkaTrigger, sc *schema.Scaling) {
	if sc.MinReplicas != 0 {
		return
	}
	latest := k.reset == "latest" || k.reset == "" && !k.own
	never, severity := "a new consumer group never wakes: ", SeverityError
	if !k.sole {
		never, severity = "a new consumer group never wakes by this trigger: ", SeverityWarning
	}
	switch {
	case latest && k.zeroInvalid:
		s.addAs(severity, "KE12", k.at("scaleToZeroOnInvalidOffset"),
			never+"with offsetResetPolicy latest, minReplicas 0 and scaleToZeroOnInvalidOffset, lag counts only after a "+
				"first commit that nobody makes",
			"use offsetResetPolicy earliest, or minReplicas 1")
	case latest && k.reset == "":
		s.add("KE12", k.field,
			"without offsetResetPolicy KEDA takes latest: with minReplicas 0 it starts replicas at once for partitions without commit",
			"set metadata.offsetResetPolicy to what the application uses, best earliest")
	case latest:
		s.add("KE12", k.at("offsetResetPolicy"),
			"with latest and minReplicas 0 events that arrive before the first commit are lost, and KEDA starts replicas at "+
				"once for partitions without commit",
			"use offsetResetPolicy earliest, or minReplicas 1")
	case k.zeroInvalid:
		s.addAs(severity, "KE12", k.at("scaleToZeroOnInvalidOffset"),
			never+"scaleToZeroOnInvalidOffset counts partitions without a commit as no lag, and with minReplicas 0 nobody "+
				"makes the first commit",
			"remove scaleToZeroOnInvalidOffset, or set minReplicas to 1")
	}
}

// partitionBounds compares replicas with partitions, the most that can work.
func (s *scope) partitionBounds(k *kafkaTrigger, sc *schema.Scaling, parts int) {
	topic := "topic " + strconv.Quote(strings.Join(k.topics, ",")) + " has " + strconv.Itoa(parts) +
		text.Plural(parts, " partition", " partitions")
	if k.limitation != "" {
		topic = "partitionLimitation leaves " + strconv.Itoa(parts) + " of the partitions of topic " + strconv.Quote(k.topics[0])
	}
	if sc.MaxReplicas > parts && !k.allowIdle && (!k.own || s.set("scaling.maxReplicas")) {
		result := "; " + s.what + " is capped there" // the chart does it
		if !k.own || k.limitation != "" {
			result = ": the other replicas idle"
		}
		s.add("KE13", "scaling.maxReplicas",
			"maxReplicas is "+strconv.Itoa(sc.MaxReplicas)+", but "+topic+result,
			"raise kafka.topics."+k.topics[0]+".partitions to "+strconv.Itoa(sc.MaxReplicas)+" or lower maxReplicas to "+
				strconv.Itoa(parts))
	}
	if sc.MinReplicas > parts {
		sev := SeverityWarning
		if k.own && !k.allowIdle && sc.MinReplicas > s.l.partitions(k.topics[0]) {
			sev = SeverityError // the chart refuses it
		}
		s.addAs(sev, "KE13", "scaling.minReplicas",
			"minReplicas is "+strconv.Itoa(sc.MinReplicas)+", but "+topic+": the other replicas idle for ever",
			"lower minReplicas to "+strconv.Itoa(parts)+" or add partitions")
	}
	top := min(sc.MaxReplicas, parts)
	if k.even && top > 0 && parts%top != 0 {
		s.add("KE13", "scaling.maxReplicas",
			"maxReplicas "+strconv.Itoa(top)+" does not divide the "+strconv.Itoa(parts)+
				" partitions, so at the top the distribution is uneven",
			"use a divisor of "+strconv.Itoa(parts)+", such as "+strconv.Itoa(divisorBelow(parts, top)))
	}
	// The HPA leaves a deviation of 10 % alone: from 10/11 of the cap it does
	// not move up any more.
	if stuck := (top*10 + 10) / 11; !k.allowIdle && sc.MaxReplicas >= parts && parts >= 11 && stuck < parts &&
		sc.Behavior.ScaleUp.Tolerance == "" {
		s.addAs(SeverityInfo, "KE13", "scaling.maxReplicas",
			"the HPA's tolerance of 10 % can hold "+s.what+" at "+strconv.Itoa(stuck)+" of "+strconv.Itoa(parts)+
				" replicas under full load, since KEDA caps the lag at partitions x lagThreshold",
			"set scaling.allowIdleConsumers: true, or scaling.behavior.scaleUp.tolerance: 0.01 on Kubernetes 1.35 and later, "+
				"if the last replicas matter")
	}
	if k.own && s.exactlyOnce() && sc.MinReplicas == 0 && k.activation < int64(parts) {
		s.add("HW21", "scaling.activationLagThreshold",
			"with delivery exactly-once the markers of transactions count as one event of lag per partition, so "+s.what+
				" never goes to zero",
			"set activationLagThreshold to "+strconv.Itoa(parts)+" (the partitions) or more, or delivery to at-least-once")
	}
}

func (s *scope) exactlyOnce() bool {
	return s.root[0] == "functions" && s.l.v.Functions[s.root[1]].Delivery == "exactly-once"
}

func divisorBelow(n, top int) int {
	for d := top; d > 1; d-- {
		if n%d == 0 {
			return d
		}
	}
	return 1
}
