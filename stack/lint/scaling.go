// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"maps"
	"slices"
	"strconv"

	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// scaling checks what becomes a ScaledObject. min stands for minReplicas.
func (s *scope) scaling(sc *schema.Scaling, src *schema.Source, isFunction bool) {
	if s.isNull("scaling") {
		s.add("HW02", "scaling",
			"null where a mapping is expected; it takes away every default of scaling",
			"remove the line, or write scaling: {}")
		return
	}
	s.replicas(sc)
	s.timing(sc)
	s.behavior(sc)
	s.fallback(sc, src)
	s.pausing(sc)
	s.triggers(sc, src)
	s.modifiers(sc, src)
	if n := len(sc.HPAName); n > 63 {
		s.add("KE05", "scaling.hpaName",
			"HPA name "+strconv.Quote(sc.HPAName)+" has "+strconv.Itoa(n)+" characters",
			"shorten it to 63; KEDA's webhook refuses longer ones")
	}
	if isFunction && sc.RestoreToOriginalReplicaCount != nil && *sc.RestoreToOriginalReplicaCount {
		s.add("KE25", "scaling.restoreToOriginalReplicaCount",
			"restoreToOriginalReplicaCount has no effect on a function: Helm removes its Deployment with its ScaledObject",
			"remove it")
	}
}

func (s *scope) replicas(sc *schema.Scaling) {
	if sc.MinReplicas > sc.MaxReplicas {
		s.add("KE04", "scaling.minReplicas",
			"minReplicas "+strconv.Itoa(sc.MinReplicas)+" is more than maxReplicas "+strconv.Itoa(sc.MaxReplicas),
			"raise maxReplicas or lower minReplicas")
	}
	if p := sc.IdleReplicaCount; p != nil {
		switch {
		case *p != 0:
			s.add("KE04", "scaling.idleReplicaCount",
				"idleReplicaCount "+strconv.Itoa(*p)+" does not work: KEDA supports 0 only, anything else flaps",
				"set it to 0 or remove it")
		case sc.MinReplicas < 1:
			s.add("KE04", "scaling.idleReplicaCount",
				"idleReplicaCount 0 needs minReplicas of at least 1; with minReplicas 0 KEDA goes to zero anyway",
				"remove idleReplicaCount, or set minReplicas to 1 or more")
		}
	}
}

func (s *scope) timing(sc *schema.Scaling) {
	if sc.MinReplicas >= 1 && sc.IdleReplicaCount == nil {
		if s.set("scaling.cooldownPeriod") {
			s.add("KE16", "scaling.cooldownPeriod",
				"cooldownPeriod has no effect with minReplicas "+strconv.Itoa(sc.MinReplicas)+": it only delays the step to zero",
				"use behavior.scaleDown.stabilizationWindowSeconds to slow down scaling in")
		}
		if s.set("scaling.pollingInterval") && !sc.UseCachedMetrics && sc.ScalingModifiers.Formula == "" {
			s.add("KE16", "scaling.pollingInterval",
				"pollingInterval has no effect with minReplicas "+strconv.Itoa(sc.MinReplicas)+": the HPA asks every 15 s by itself",
				"remove it, or set useCachedMetrics to query the brokers less often")
		}
	}
	s.cooldown(sc)
	if sc.MinReplicas == 0 && sc.PollingInterval > 60 {
		s.add("HW30", "scaling.pollingInterval",
			"the first event after a quiet time waits up to "+strconv.Itoa(sc.PollingInterval)+" s before the first replica starts",
			"lower pollingInterval, or keep minReplicas at 1")
	}
}

// cooldown compares the step to zero with the HPA's way down to one.
func (s *scope) cooldown(sc *schema.Scaling) {
	if sc.MinReplicas != 0 || sc.MaxReplicas < 2 || !s.set("scaling.cooldownPeriod") {
		return
	}
	cooldown, window := sc.CooldownPeriod, 300 // KEDA's and the API server's defaults
	if s.isNull("scaling.cooldownPeriod") {
		cooldown = 300
	}
	if w := sc.Behavior.ScaleDown.StabilizationWindowSeconds; w != nil {
		window = *w
	}
	if cooldown < window {
		s.add("KE16", "scaling.cooldownPeriod",
			"cooldownPeriod "+strconv.Itoa(cooldown)+" is shorter than the "+strconv.Itoa(window)+
				" s for which the HPA holds replicas (behavior.scaleDown.stabilizationWindowSeconds): without lag KEDA stops "+
				"all replicas at once, before the HPA takes any away",
			"raise cooldownPeriod to "+strconv.Itoa(window)+" or more, or lower the window, unless that is meant")
	}
}

func (s *scope) behavior(sc *schema.Scaling) {
	if up, down := &sc.Behavior.ScaleUp, &sc.Behavior.ScaleDown; up.IsZero() && down.IsZero() {
		return // null: the cluster's defaults hold
	}
	for _, r := range []struct {
		name  string
		rules *schema.ScalingRules
	}{{"scaleUp", &sc.Behavior.ScaleUp}, {"scaleDown", &sc.Behavior.ScaleDown}} {
		field := "scaling.behavior." + r.name
		if r.rules.Policies != nil && len(r.rules.Policies) == 0 && r.rules.SelectPolicy != "Disabled" {
			s.addAs(SeverityWarning, "KE17", field+".policies",
				r.name+" has no policies; an empty list is lost on its way to the HPA, and Kubernetes' own apply (scaleDown: "+
					"100 % each 15 s)",
				"leave policies out for the chart's defaults, or write at least one")
		}
		for _, p := range r.rules.Policies {
			if p.Type == "" || p.Value < 1 || p.PeriodSeconds < 1 || p.PeriodSeconds > 1800 {
				s.add("KE17", field+".policies",
					"a policy of "+r.name+" is not complete: type, value of at least 1 and periodSeconds from 1 to 1800 are due",
					"write {type: Pods, value: 4, periodSeconds: 15}")
			}
		}
		if r.rules.StabilizationWindowSeconds == nil || r.rules.SelectPolicy == "" || r.rules.Policies == nil {
			s.addAs(SeverityWarning, "KE17", field,
				r.name+" is only partly given, so KEDA and the API server's defaults overwrite each other's HPA again and again",
				"give stabilizationWindowSeconds, selectPolicy and policies, or leave the section out")
		}
		if r.name == "scaleUp" && r.rules.SelectPolicy == "Disabled" && sc.MaxReplicas > 1 {
			s.addAs(SeverityWarning, "KE17", field+".selectPolicy",
				"scaleUp is disabled: "+s.what+" never gets more than one replica from the HPA",
				"use Max, or set maxReplicas to 1 if that is meant")
		}
		if t := r.rules.Tolerance; t != "" {
			if f, ok := schema.ParseQuantity(string(t)); ok && (f < 0 || f > 1) {
				s.add("KE17", field+".tolerance", "tolerance "+string(t)+" is not between 0 and 1", "write 0.1 for 10 %")
			}
		}
	}
}

func (s *scope) fallback(sc *schema.Scaling, src *schema.Source) {
	f := sc.Fallback
	if f.FailureThreshold == nil && f.Replicas == nil && f.Behavior == "" {
		return
	}
	switch {
	case f.FailureThreshold == nil:
		s.addAs(SeverityError, "KE21", "scaling.fallback", "fallback has no failureThreshold",
			"set failureThreshold: 0 for a fallback at the first failure")
		return
	case f.Replicas == nil:
		s.addAs(SeverityError, "KE21", "scaling.fallback", "fallback has no replicas",
			"set replicas to the number that shall run while the lag cannot be read")
		return
	}
	if client := connecting(sc, src); client != "" && *f.FailureThreshold >= 1 {
		s.addAs(SeverityWarning, "KE21", "scaling.fallback.failureThreshold",
			"with failureThreshold "+strconv.Itoa(*f.FailureThreshold)+
				" the fallback does not start when all brokers are away: KEDA cannot rebuild its "+client+
				" client and stops counting at one failure",
			"set failureThreshold: 0, which starts it now and then, or remove fallback: replicas have nothing to read then")
	}
	if src.Topic == "" && len(sc.Triggers) > 0 && sc.ScalingModifiers.Formula == "" && onlyResources(sc) {
		s.addAs(SeverityError, "KE21", "scaling.fallback",
			"a fallback needs a trigger other than cpu and memory; KEDA refuses the ScaledObject",
			"remove the fallback")
	}
	if *f.Replicas > sc.MaxReplicas {
		s.addAs(SeverityWarning, "KE21", "scaling.fallback.replicas",
			"fallback.replicas "+strconv.Itoa(*f.Replicas)+" is more than maxReplicas "+strconv.Itoa(sc.MaxReplicas),
			"lower it to "+strconv.Itoa(sc.MaxReplicas))
	}
	if *f.Replicas == 0 && sc.MinReplicas == 0 {
		s.addAs(SeverityWarning, "KE21", "scaling.fallback.replicas",
			"fallback.replicas 0 with minReplicas 0 stops "+s.what+" when the lag cannot be read",
			"set replicas to 1 or more, or remove fallback to freeze what runs")
	}
	if f.Behavior == "scalingModifiers" && sc.ScalingModifiers.Formula == "" {
		s.addAs(SeverityError, "KE21", "scaling.fallback.behavior",
			"fallback.behavior scalingModifiers needs scaling.scalingModifiers.formula",
			"write the formula, or use static")
	}
}

// connecting names the client of the first trigger that connects when KEDA
// builds it, so that it cannot be built again while its brokers are away.
func connecting(sc *schema.Scaling, src *schema.Source) string {
	if src.Topic != "" {
		return "Kafka"
	}
	for _, name := range slices.Sorted(maps.Keys(sc.Triggers)) {
		switch sc.Triggers[name].Type {
		case "kafka":
			return "Kafka"
		case "rabbitmq":
			return "RabbitMQ"
		}
	}
	return ""
}

func onlyResources(sc *schema.Scaling) bool {
	for _, t := range sc.Triggers {
		if t.Type != "cpu" && t.Type != "memory" {
			return false
		}
	}
	return true
}

func (s *scope) pausing(sc *schema.Scaling) {
	if sc.Paused && sc.PausedReplicas != nil {
		s.addAs(SeverityWarning, "KE22", "scaling.paused",
			"paused and pausedReplicas are both set; KEDA follows pausedReplicas", "keep one of the two")
	}
	for _, k := range slices.Sorted(maps.Keys(sc.Annotations)) {
		s.annotation(k, sc.Annotations[k])
	}
	if sc.PausedScaleIn && sc.PausedScaleOut {
		s.addAs(SeverityWarning, "KE22", "scaling.pausedScaleIn",
			"pausedScaleIn and pausedScaleOut together stop all scaling", "use paused: true if that is meant")
	}
}

func (s *scope) annotation(key, value string) {
	path := s.pathKey("scaling.annotations", key)
	switch key {
	case "autoscaling.keda.sh/paused-replicas":
		if n, err := strconv.ParseInt(value, 10, 32); err != nil || n < 0 {
			s.l.add("KE22", path, key+" is "+strconv.Quote(value)+", not a number; KEDA fails to reconcile",
				"write a whole number in quotes, or use scaling.pausedReplicas")
		}
	case "autoscaling.keda.sh/paused", "autoscaling.keda.sh/paused-scale-in", "autoscaling.keda.sh/paused-scale-out":
		if _, err := strconv.ParseBool(value); err != nil {
			s.l.addAs(SeverityWarning, "KE22", path,
				key+" is "+strconv.Quote(value)+"; KEDA takes anything but a boolean for true",
				`write "true", or remove it`)
		}
	case "validations.keda.sh/hpa-ownership":
		s.l.addAs(SeverityWarning, "KE22", path,
			key+" has no effect on a ScaledObject: KEDA looks for it on the HPA",
			`set it to "false" on the existing HPA instead`)
	}
}
