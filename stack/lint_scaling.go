// SPDX-License-Identifier: Apache-2.0

package stack

import (
	"strconv"
	"strings"
)

// scaling checks what becomes a ScaledObject. min stands for minReplicas.
func (s *scope) scaling(sc *Scaling, src *Source, isFunction bool) {
	s.replicas(sc)
	if src.Topic != "" {
		s.kafkaTrigger(sc, src)
	}
	s.timing(sc)
	s.behavior(sc)
	s.fallback(sc, src)
	s.pausing(sc)
	s.triggers(sc, src)
	s.modifiers(sc, src)
	if n := len(sc.HPAName); n > 63 {
		s.add("KE05", "scaling.hpaName", "HPA name "+quoted(sc.HPAName)+" has "+itoa(n)+" characters", "shorten it to 63; KEDA's webhook refuses longer ones")
	}
	if isFunction && sc.RestoreToOriginalReplicaCount != nil && *sc.RestoreToOriginalReplicaCount {
		s.add("KE25", "scaling.restoreToOriginalReplicaCount", "restoreToOriginalReplicaCount has no effect on a function: Helm removes its Deployment with its ScaledObject", "remove it")
	}
}

func (s *scope) replicas(sc *Scaling) {
	if sc.MinReplicas > sc.MaxReplicas {
		s.add("KE04", "scaling.minReplicas", "minReplicas "+itoa(sc.MinReplicas)+" is more than maxReplicas "+itoa(sc.MaxReplicas), "raise maxReplicas or lower minReplicas")
	}
	if p := sc.IdleReplicaCount; p != nil {
		switch {
		case *p != 0:
			s.add("KE04", "scaling.idleReplicaCount", "idleReplicaCount "+itoa(*p)+" does not work: KEDA supports 0 only, anything else flaps", "set it to 0 or remove it")
		case sc.MinReplicas < 1:
			s.add("KE04", "scaling.idleReplicaCount", "idleReplicaCount 0 needs minReplicas of at least 1; with minReplicas 0 KEDA goes to zero anyway", "remove idleReplicaCount, or set minReplicas to 1 or more")
		}
	}
}

func (s *scope) kafkaTrigger(sc *Scaling, src *Source) {
	parts := s.l.partitions(src.Topic)
	if sc.PartitionLimitation != "" {
		n, ok := countPartitions(sc.PartitionLimitation)
		if !ok {
			s.add("KE10", "scaling.partitionLimitation", quoted(sc.PartitionLimitation)+" is not a list of partitions", `write "1,2,10-20"`)
		} else if parts > 0 {
			parts = min(parts, n)
		}
	}
	switch {
	case sc.AllowIdleConsumers && sc.LimitToPartitionsWithLag:
		s.add("KE10", "scaling.limitToPartitionsWithLag", "limitToPartitionsWithLag and allowIdleConsumers exclude each other; KEDA refuses the trigger", "keep one of the two")
	case sc.EnsureEvenDistributionOfPartitions && sc.LimitToPartitionsWithLag:
		s.add("KE10", "scaling.limitToPartitionsWithLag", "limitToPartitionsWithLag and ensureEvenDistributionOfPartitions exclude each other; KEDA refuses the trigger", "keep one of the two")
	}
	if src.OffsetResetPolicy == "latest" && sc.MinReplicas == 0 {
		if sc.ScaleToZeroOnInvalidOffset {
			s.addAs(SeverityError, "KE12", "scaling.scaleToZeroOnInvalidOffset", "a new consumer group never wakes: with offsetResetPolicy latest, minReplicas 0 and scaleToZeroOnInvalidOffset, lag counts only after a first commit that nobody makes", "use offsetResetPolicy earliest, or minReplicas 1")
		} else {
			s.add("KE12", "source.offsetResetPolicy", "with latest and minReplicas 0 events that arrive before the first commit are lost, and KEDA starts replicas at once for partitions without commit", "use offsetResetPolicy earliest, or minReplicas 1")
		}
	} else if sc.ScaleToZeroOnInvalidOffset && sc.MinReplicas == 0 {
		s.addAs(SeverityError, "KE12", "scaling.scaleToZeroOnInvalidOffset", "a new consumer group never wakes: scaleToZeroOnInvalidOffset counts partitions without a commit as no lag, and with minReplicas 0 nobody makes the first commit", "remove scaleToZeroOnInvalidOffset, or set minReplicas to 1")
	}
	if sc.MinReplicas == 0 && sc.ActivationLagThreshold >= sc.LagThreshold && sc.ActivationLagThreshold > 0 {
		s.add("KE14", "scaling.activationLagThreshold", "activationLagThreshold "+itoa(sc.ActivationLagThreshold)+" is not below lagThreshold "+itoa(sc.LagThreshold)+": at a lag between the two KEDA goes to zero while the HPA wants more than one replica", "set activationLagThreshold below lagThreshold")
	}
	if parts > 0 {
		s.partitionBounds(sc, src, parts)
	}
}

// partitionBounds compares replicas with partitions, the most that can work.
func (s *scope) partitionBounds(sc *Scaling, src *Source, parts int) {
	topic := "topic " + quoted(src.Topic) + " has " + itoa(parts) + plural(parts, " partition", " partitions")
	if !sc.AllowIdleConsumers {
		if sc.MaxReplicas > parts && s.set("scaling.maxReplicas") {
			s.add("KE13", "scaling.maxReplicas", "maxReplicas is "+itoa(sc.MaxReplicas)+", but "+topic+"; "+s.what+" is capped there", "raise kafka.topics."+src.Topic+".partitions to "+itoa(sc.MaxReplicas)+" or lower maxReplicas to "+itoa(parts))
		}
	}
	if sc.MinReplicas > parts {
		sev := SeverityError // the chart refuses it
		if sc.AllowIdleConsumers {
			sev = SeverityWarning
		}
		s.addAs(sev, "KE13", "scaling.minReplicas", "minReplicas is "+itoa(sc.MinReplicas)+", but "+topic+": the other replicas idle for ever", "lower minReplicas to "+itoa(parts)+" or add partitions")
	}
	top := min(sc.MaxReplicas, parts)
	if sc.EnsureEvenDistributionOfPartitions && top > 0 && parts%top != 0 {
		s.add("KE13", "scaling.maxReplicas", "maxReplicas "+itoa(top)+" does not divide the "+itoa(parts)+" partitions, so at the top the distribution is uneven", "use a divisor of "+itoa(parts)+", such as "+itoa(divisorBelow(parts, top)))
	}
	// The HPA leaves a deviation of 10 % alone: from 10/11 of the cap it does
	// not move up any more.
	if stuck := (top*10 + 10) / 11; !sc.AllowIdleConsumers && sc.MaxReplicas >= parts && parts >= 11 && stuck < parts && sc.Behavior.ScaleUp.Tolerance == "" {
		s.addAs(SeverityInfo, "KE13", "scaling.maxReplicas", "the HPA's tolerance of 10 % can hold "+s.what+" at "+itoa(stuck)+" of "+itoa(parts)+" replicas under full load, since KEDA caps the lag at partitions x lagThreshold", "set scaling.allowIdleConsumers: true, or scaling.behavior.scaleUp.tolerance: 0.01 on Kubernetes 1.35 and later, if the last replicas matter")
	}
	if s.exactlyOnce() && sc.MinReplicas == 0 && sc.ActivationLagThreshold < parts {
		s.add("HW21", "scaling.activationLagThreshold", "with delivery exactly-once the markers of transactions count as one event of lag per partition, so "+s.what+" never goes to zero", "set activationLagThreshold to "+itoa(parts)+" (the partitions) or more, or delivery to at-least-once")
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

// countPartitions reads "1,2,10-20".
func countPartitions(s string) (int, bool) {
	n := 0
	for part := range strings.SplitSeq(s, ",") {
		from, to, isRange := strings.Cut(strings.TrimSpace(part), "-")
		a, err := strconv.Atoi(from)
		if err != nil || a < 0 {
			return 0, false
		}
		b := a
		if isRange {
			if b, err = strconv.Atoi(to); err != nil || b < a {
				return 0, false
			}
		}
		n += b - a + 1
	}
	return n, true
}

func (s *scope) timing(sc *Scaling) {
	if sc.MinReplicas >= 1 && sc.IdleReplicaCount == nil {
		if s.set("scaling.cooldownPeriod") {
			s.add("KE16", "scaling.cooldownPeriod", "cooldownPeriod has no effect with minReplicas "+itoa(sc.MinReplicas)+": it only delays the step to zero", "use behavior.scaleDown.stabilizationWindowSeconds to slow down scaling in")
		}
		if s.set("scaling.pollingInterval") && !sc.UseCachedMetrics && sc.ScalingModifiers.Formula == "" {
			s.add("KE16", "scaling.pollingInterval", "pollingInterval has no effect with minReplicas "+itoa(sc.MinReplicas)+": the HPA asks every 15 s by itself", "remove it, or set useCachedMetrics to query the brokers less often")
		}
	}
	if sc.MinReplicas == 0 && sc.PollingInterval > 60 {
		s.add("HW30", "scaling.pollingInterval", "the first event after a quiet time waits up to "+itoa(sc.PollingInterval)+" s before the first replica starts", "lower pollingInterval, or keep minReplicas at 1")
	}
}

func (s *scope) behavior(sc *Scaling) {
	for _, r := range []struct {
		name  string
		rules *ScalingRules
	}{{"scaleUp", &sc.Behavior.ScaleUp}, {"scaleDown", &sc.Behavior.ScaleDown}} {
		field := "scaling.behavior." + r.name
		if len(r.rules.Policies) == 0 && r.rules.SelectPolicy != "Disabled" {
			s.add("KE17", field+".policies", r.name+" has no policies; the HPA refuses an empty list", "leave policies out for the defaults, or write at least one")
		}
		for _, p := range r.rules.Policies {
			if p.Type == "" || p.Value < 1 || p.PeriodSeconds < 1 || p.PeriodSeconds > 1800 {
				s.add("KE17", field+".policies", "a policy of "+r.name+" is not complete: type, value of at least 1 and periodSeconds from 1 to 1800 are due", "write {type: Pods, value: 4, periodSeconds: 15}")
			}
		}
		if r.rules.StabilizationWindowSeconds == nil || r.rules.SelectPolicy == "" {
			s.addAs(SeverityWarning, "KE17", field, r.name+" is only partly given, so KEDA and the API server's defaults overwrite each other's HPA again and again", "give stabilizationWindowSeconds and selectPolicy, or leave the section out")
		}
		if r.name == "scaleUp" && r.rules.SelectPolicy == "Disabled" && sc.MaxReplicas > 1 {
			s.addAs(SeverityWarning, "KE17", field+".selectPolicy", "scaleUp is disabled: "+s.what+" never gets more than one replica from the HPA", "use Max, or set maxReplicas to 1 if that is meant")
		}
		if t := r.rules.Tolerance; t != "" {
			if f, ok := parseQuantity(string(t)); ok && (f < 0 || f > 1) {
				s.add("KE17", field+".tolerance", "tolerance "+string(t)+" is not between 0 and 1", "write 0.1 for 10 %")
			}
		}
	}
}

func (s *scope) fallback(sc *Scaling, src *Source) {
	f := sc.Fallback
	if f.FailureThreshold == nil && f.Replicas == nil && f.Behavior == "" {
		return
	}
	switch {
	case f.FailureThreshold == nil:
		s.addAs(SeverityError, "KE21", "scaling.fallback", "fallback has no failureThreshold", "set failureThreshold: 0 for a fallback at the first failure")
		return
	case f.Replicas == nil:
		s.addAs(SeverityError, "KE21", "scaling.fallback", "fallback has no replicas", "set replicas to the number that shall run while the lag cannot be read")
		return
	}
	if *f.FailureThreshold >= 1 && src.Topic != "" {
		s.addAs(SeverityWarning, "KE21", "scaling.fallback.failureThreshold", "with failureThreshold "+itoa(*f.FailureThreshold)+" the fallback does not start when all brokers are away: KEDA cannot rebuild its Kafka client and stops counting at one failure", "set failureThreshold: 0")
	}
	if *f.Replicas > sc.MaxReplicas {
		s.addAs(SeverityWarning, "KE21", "scaling.fallback.replicas", "fallback.replicas "+itoa(*f.Replicas)+" is more than maxReplicas "+itoa(sc.MaxReplicas), "lower it to "+itoa(sc.MaxReplicas))
	}
	if *f.Replicas == 0 && sc.MinReplicas == 0 {
		s.addAs(SeverityWarning, "KE21", "scaling.fallback.replicas", "fallback.replicas 0 with minReplicas 0 stops "+s.what+" when the lag cannot be read", "set replicas to 1 or more, or remove fallback to freeze what runs")
	}
	if f.Behavior == "scalingModifiers" && sc.ScalingModifiers.Formula == "" {
		s.addAs(SeverityError, "KE21", "scaling.fallback.behavior", "fallback.behavior scalingModifiers needs scaling.scalingModifiers.formula", "write the formula, or use static")
	}
}

func (s *scope) pausing(sc *Scaling) {
	if sc.Paused && sc.PausedReplicas != nil {
		s.addAs(SeverityWarning, "KE22", "scaling.paused", "paused and pausedReplicas are both set; KEDA follows pausedReplicas", "keep one of the two")
	}
	for _, k := range sortedKeys(sc.Annotations) {
		v, field := sc.Annotations[k], "scaling.annotations"
		switch k {
		case "autoscaling.keda.sh/paused-replicas":
			if n, err := strconv.Atoi(v); err != nil || n < 0 {
				s.add("KE22", field, k+" is "+quoted(v)+", not a number; KEDA fails to reconcile", "write a whole number in quotes, or use scaling.pausedReplicas")
			}
		case "autoscaling.keda.sh/paused", "autoscaling.keda.sh/paused-scale-in", "autoscaling.keda.sh/paused-scale-out":
			if v != "true" && v != "false" {
				s.addAs(SeverityWarning, "KE22", field, k+" is "+quoted(v)+"; KEDA takes anything but a boolean for true", `write "true", or remove it`)
			}
		case "validations.keda.sh/hpa-ownership":
			s.addAs(SeverityWarning, "KE22", field, k+" has no effect on a ScaledObject: KEDA looks for it on the HPA", `set it to "false" on the existing HPA instead`)
		}
	}
	if sc.PausedScaleIn && sc.PausedScaleOut {
		s.addAs(SeverityWarning, "KE22", "scaling.pausedScaleIn", "pausedScaleIn and pausedScaleOut together stop all scaling", "use paused: true if that is meant")
	}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
