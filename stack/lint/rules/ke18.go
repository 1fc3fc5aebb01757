// SPDX-License-Identifier: Apache-2.0

package rules

import "github.com/helm-wasm/helm-wasm/stack/lint/pass"

var _ = register(Rule{
	ID: "KE18", Severity: Error, Title: "The metric type does not fit the trigger",
	Why: "cpu and memory triggers need metricType Utilization or AverageValue and a request to measure against; " +
		"no other trigger may use Utilization. Both alone cannot start from zero.",
	Fix: "Set the metric type that the trigger takes, request the resource that it measures, and keep a " +
		"replica for it to measure.",
	Bad: "functions: {enrich: {resources: {requests: {cpu: null}}, scaling: {triggers: {load: {type: cpu, " +
		"metricType: Utilization, metadata: {value: \"60\"}}}}}}",
	Good: "functions: {enrich: {resources: {requests: {cpu: 100m}}, scaling: {triggers: {load: {type: cpu, " +
		"metricType: Utilization, metadata: {value: \"60\"}}}}}}",

	Trigger: metricTypes,
	Scaling: resourcesAlone,
})

func metricTypes(s *pass.Scope, t *pass.Trigger) {
	path := s.At(t.Field + ".metricType")
	switch utilization := t.MetricType == "Utilization"; {
	case t.IsResource() && !utilization && t.MetricType != "AverageValue":
		s.Report(path, "a "+t.Type+" trigger needs metricType Utilization or AverageValue", "set metricType: Utilization")
	case !t.IsResource() && utilization:
		s.Report(path, "metricType Utilization is for cpu and memory only", "use AverageValue or Value")
	case t.IsResource() && utilization && s.Function != nil:
		if r := s.Function.Resources; r.Requests[t.Type] == "" && r.Limits[t.Type] == "" {
			s.Report(path,
				s.What+" requests no "+t.Type+", so there is no utilization to measure",
				"set resources.requests."+t.Type)
		}
	}
}

func resourcesAlone(s *pass.Scope) {
	for _, t := range s.Triggers {
		if !t.IsResource() {
			return
		}
	}
	if len(s.Triggers) > 0 && s.Source.Topic == "" && s.Scaling.MinReplicas == 0 {
		s.Report(s.At("scaling.minReplicas"),
			"cpu and memory triggers alone cannot start from zero replicas; KEDA refuses the ScaledObject",
			"set minReplicas to 1 or more, or add another trigger")
	}
}
