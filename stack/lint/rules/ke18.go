// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

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
	case t.IsResource() && utilization:
		withoutRequest(s, t)
	}
}

// withoutRequest looks for containers of a target in hand that have nothing to compare
// use with. (A LimitRange of the namespace may give them a request.)
func withoutRequest(s *pass.Scope, t *pass.Trigger) {
	target := s.Target()
	if target == nil || target.Kind != "Deployment" && target.Kind != "StatefulSet" || target.AsksForPod(t.Type) {
		return
	}
	for _, c := range target.Containers() {
		if only := t.Text("containerName"); !c.Asks(t.Type) && (only == "" || only == c.Name) {
			s.Report(s.At(t.Field),
				"the container "+strconv.Quote(c.Name)+" of the "+target.Title()+" requests no "+t.Type+
					"; KEDA refuses the ScaledObject, unless a LimitRange gives it a request",
				"set its resources.requests."+t.Type)
			return
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
