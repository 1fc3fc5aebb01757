// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

var _ = register(Rule{
	ID: "KE17", Severity: Error, Title: "The HPA's behavior is invalid or partial",
	Why: "KEDA passes behavior on without a check; the API server then refuses the HPA, and nothing scales. A " +
		"partial behavior makes KEDA keep rewriting the HPA.",
	Fix: "Give stabilizationWindowSeconds, selectPolicy and policies together, or leave the section out.",
	Bad: "functions: {enrich: {scaling: {behavior: {scaleDown: {policies: [{type: Pods, value: 1}]}}}}}",
	Good: "functions: {enrich: {scaling: {behavior: {scaleDown: {policies: [{type: Pods, value: 1, periodSeconds: " +
		"60}]}}}}}",

	Scaling: incompleteBehavior,
})

func incompleteBehavior(s *pass.Scope) {
	b := &s.Scaling.Behavior
	if b.ScaleUp.IsZero() && b.ScaleDown.IsZero() {
		return // null: the cluster's defaults hold
	}
	scalingRules(s, "scaleUp", &b.ScaleUp)
	scalingRules(s, "scaleDown", &b.ScaleDown)
}

func scalingRules(s *pass.Scope, name string, r *schema.ScalingRules) {
	field := "scaling.behavior." + name
	if r.Policies != nil && len(r.Policies) == 0 && r.SelectPolicy != "Disabled" {
		s.ReportAs(Warning, s.At(field+".policies"),
			name+" has no policies; an empty list is lost on its way to the HPA, and Kubernetes' own apply (scaleDown: "+
				"100 % each 15 s)",
			"leave policies out for the chart's defaults, or write at least one")
	}
	for _, p := range r.Policies {
		if p.Type == "" || p.Value < 1 || p.PeriodSeconds < 1 || p.PeriodSeconds > 1800 {
			s.Report(s.At(field+".policies"),
				"a policy of "+name+" is not complete: type, value of at least 1 and periodSeconds from 1 to 1800 are required",
				"write {type: Pods, value: 4, periodSeconds: 15}")
		}
	}
	if r.StabilizationWindowSeconds == nil || r.SelectPolicy == "" || r.Policies == nil {
		s.ReportAs(Warning, s.At(field),
			name+" is only partly given, so KEDA and the API server's defaults keep overwriting each other's HPA",
			"give stabilizationWindowSeconds, selectPolicy and policies, or leave the section out")
	}
	if name == "scaleUp" && r.SelectPolicy == "Disabled" && s.Scaling.MaxReplicas > 1 {
		s.ReportAs(Warning, s.At(field+".selectPolicy"),
			"scaleUp is disabled: "+s.What+" never gets more than one replica from the HPA",
			"use Max, or set maxReplicas to 1 if that is meant")
	}
	if t := r.Tolerance; t != "" {
		if f, ok := schema.ParseQuantity(string(t)); ok && (f < 0 || f > 1) {
			s.Report(s.At(field+".tolerance"), "tolerance "+string(t)+" is not between 0 and 1", "write 0.1 for 10 %")
		}
	}
}
