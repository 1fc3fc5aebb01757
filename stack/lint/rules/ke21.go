// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

var _ = register(Rule{
	ID: "KE21", Severity: Warning, Title: "The fallback is incomplete or does not start",
	Why: "KEDA's Kafka client connects when it is built. After one failure KEDA rebuilds it, fails before it " +
		"counts, and never passes a failureThreshold of 1 or more while all brokers are down. Its RabbitMQ " +
		"client does the same; that of apache-kafka does not. With 0 the fallback comes and goes, because " +
		"the autoscaler does not wait as long as that client takes to fail. While all brokers are down " +
		"replicas have nothing to read anyway.",
	Fix:  "Give failureThreshold and replicas that can take effect, or remove the fallback.",
	Bad:  "functions: {enrich: {scaling: {fallback: {failureThreshold: 3, replicas: 2}}}}",
	Good: "functions: {enrich: {scaling: {fallback: {failureThreshold: 0, replicas: 2}}}}",

	Scaling: fallback,
})

func fallback(s *pass.Scope) {
	sc, f := s.Scaling, &s.Scaling.Fallback
	if f.FailureThreshold == nil && f.Replicas == nil && f.Behavior == "" {
		return
	}
	switch {
	case f.FailureThreshold == nil:
		s.ReportAs(Error, s.At("scaling.fallback"), "fallback has no failureThreshold",
			"set failureThreshold: 0 for a fallback at the first failure")
		return
	case f.Replicas == nil:
		s.ReportAs(Error, s.At("scaling.fallback"), "fallback has no replicas",
			"set replicas to the number that should run while the lag cannot be read")
		return
	}
	if client := connecting(s); client != "" && *f.FailureThreshold >= 1 {
		s.ReportAs(Warning, s.At("scaling.fallback.failureThreshold"),
			"with failureThreshold "+strconv.Itoa(*f.FailureThreshold)+
				" the fallback does not start when all brokers are down: KEDA cannot rebuild its "+client+
				" client and stops counting at one failure",
			"set failureThreshold: 0, which starts it now and then, or remove fallback: replicas have nothing to read during that time")
	}
	if s.Source.Topic == "" && len(sc.Triggers) > 0 && sc.ScalingModifiers.Formula == "" && onlyResources(sc) {
		s.ReportAs(Error, s.At("scaling.fallback"),
			"a fallback needs a trigger other than cpu and memory; KEDA refuses the ScaledObject",
			"remove the fallback")
	}
	if *f.Replicas > sc.MaxReplicas {
		s.ReportAs(Warning, s.At("scaling.fallback.replicas"),
			"fallback.replicas "+strconv.Itoa(*f.Replicas)+" is more than maxReplicas "+strconv.Itoa(sc.MaxReplicas),
			"lower it to "+strconv.Itoa(sc.MaxReplicas))
	}
	if *f.Replicas == 0 && sc.MinReplicas == 0 {
		s.ReportAs(Warning, s.At("scaling.fallback.replicas"),
			"fallback.replicas 0 with minReplicas 0 stops "+s.What+" when the lag cannot be read",
			"set replicas to 1 or more, or remove fallback to freeze what runs")
	}
	if f.Behavior == "scalingModifiers" && sc.ScalingModifiers.Formula == "" {
		s.ReportAs(Error, s.At("scaling.fallback.behavior"),
			"fallback.behavior scalingModifiers needs scaling.scalingModifiers.formula",
			"write the formula, or use static")
	}
}

// connecting names the client of the first trigger that connects when KEDA builds
// it, so that it cannot be built again while its brokers are away.
func connecting(s *pass.Scope) string {
	if s.Source.Topic != "" && s.Scaling.Activation != push {
		return "Kafka"
	}
	for _, t := range s.Triggers {
		switch t.Type {
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
