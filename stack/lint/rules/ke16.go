// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "KE16", Severity: Info, Title: "cooldownPeriod or pollingInterval does not do what it seems to",
	Why: "Between one replica and the maximum the HPA decides alone, every 15 s. cooldownPeriod only delays the " +
		"step to zero, pollingInterval only the step from zero. The step to zero is from any number of replicas, " +
		"even from those that the HPA still keeps.",
	Fix: "Remove the setting, or use the one that the finding names.",
	Bad: "functions: {enrich: {scaling: {minReplicas: 1, cooldownPeriod: 300}}}",
	Good: "functions: {enrich: {scaling: {minReplicas: 1, behavior: {scaleDown: {stabilizationWindowSeconds: " +
		"300}}}}}",

	Scaling: withoutEffect,
})

func withoutEffect(s *pass.Scope) {
	sc := s.Scaling
	if sc.MinReplicas >= 1 && sc.IdleReplicaCount == nil {
		if s.Sets("scaling.cooldownPeriod") {
			s.Report(s.At("scaling.cooldownPeriod"),
				"cooldownPeriod has no effect with minReplicas "+strconv.Itoa(sc.MinReplicas)+": it only delays the step to zero",
				"use behavior.scaleDown.stabilizationWindowSeconds to slow down scaling in")
		}
		if s.Sets("scaling.pollingInterval") && !sc.UseCachedMetrics && sc.ScalingModifiers.Formula == "" {
			s.Report(s.At("scaling.pollingInterval"),
				"pollingInterval has no effect with minReplicas "+strconv.Itoa(sc.MinReplicas)+": the HPA asks every 15 s on its own",
				"remove it, or set useCachedMetrics to query the brokers less often")
		}
	}
	shortCooldown(s)
}

// shortCooldown compares the step to zero with the HPA's way down to one.
func shortCooldown(s *pass.Scope) {
	sc := s.Scaling
	if sc.MinReplicas != 0 || sc.MaxReplicas < 2 || !s.Sets("scaling.cooldownPeriod") {
		return
	}
	cooldown, window := sc.CooldownPeriod, 300 // KEDA's and the API server's defaults
	if s.IsNull("scaling.cooldownPeriod") {
		cooldown = 300
	}
	if w := sc.Behavior.ScaleDown.StabilizationWindowSeconds; w != nil {
		window = *w
	}
	if cooldown < window {
		s.Report(s.At("scaling.cooldownPeriod"),
			"cooldownPeriod "+strconv.Itoa(cooldown)+" is shorter than the "+strconv.Itoa(window)+
				" s for which the HPA holds replicas (behavior.scaleDown.stabilizationWindowSeconds): without lag KEDA stops "+
				"all replicas at once, before the HPA removes any",
			"raise cooldownPeriod to "+strconv.Itoa(window)+" or more, or lower the window, unless that is meant")
	}
}
