// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/lint/expr"
	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "KE20", Severity: Error, Title: "Scaling modifiers are incomplete or wrong",
	Why: "A formula may only use names of triggers, needs a target above 0, and must yield a number; a wrong " +
		"activationTarget shows only at run time. KEDA also drops the metric of a single container " +
		"(containerName) from an HPA with a formula.",
	Fix:  "Write a formula over external triggers that yields a number, with a target above 0.",
	Bad:  "functions: {enrich: {scaling: {scalingModifiers: {formula: kafka + office, target: 50}}}}",
	Good: "functions: {enrich: {scaling: {scalingModifiers: {formula: kafka / 2, target: 50}}}}",

	Scaling: scalingModifiers,
	Trigger: droppedContainer,
})

// scalingModifiers checks what KEDA finds out in part only when it runs.
func scalingModifiers(s *pass.Scope) {
	for _, t := range s.Triggers {
		if t.Name == "kafka" && s.Source.Topic != "" {
			s.Report(s.At(t.Field), `a trigger is named "kafka", as the one of source is`, "rename it; names must be unique")
		}
	}
	m := &s.Scaling.ScalingModifiers
	if m.Formula != "" {
		modifierTargets(s)
		formula(s)
	} else if m.Target != "" || m.ActivationTarget != "" || m.MetricType != "" {
		s.Report(s.At("scaling.scalingModifiers"), "scalingModifiers have no formula", "write the formula, or remove the section")
	}
}

func droppedContainer(s *pass.Scope, t *pass.Trigger) {
	if t.IsResource() && t.Metadata["containerName"] != nil && s.Scaling.ScalingModifiers.Formula != "" {
		s.ReportAs(Warning, s.At(t.MetadataAt("containerName")),
			"with scalingModifiers KEDA drops the metric of a single container from the HPA, so this trigger does nothing",
			"remove containerName to measure the whole pod, or remove scalingModifiers")
	}
}

func modifierTargets(s *pass.Scope) {
	m := &s.Scaling.ScalingModifiers
	if m.Target == "" {
		s.Report(s.At("scaling.scalingModifiers"), "scalingModifiers have no target",
			"set target to the value of the formula that one replica should have")
	} else if f, err := strconv.ParseFloat(string(m.Target), 64); err != nil || f <= 0 {
		s.Report(s.At("scaling.scalingModifiers.target"),
			"target "+strconv.Quote(string(m.Target))+" is not a number above 0",
			"write a number without a unit")
	} else if f != float64(int64(f)) && s.Scaling.Fallback.FailureThreshold != nil {
		s.ReportAs(Warning, s.At("scaling.scalingModifiers.target"),
			"with the fractional target "+string(m.Target)+" KEDA never uses the fallback",
			"write a whole number, and scale the formula instead")
	}
	if m.ActivationTarget != "" {
		if _, err := strconv.ParseFloat(string(m.ActivationTarget), 64); err != nil {
			s.Report(s.At("scaling.scalingModifiers.activationTarget"),
				"activationTarget "+strconv.Quote(string(m.ActivationTarget))+" is not a number; KEDA finds out only when it runs",
				"write a number without a unit")
		}
	}
}

func formula(s *pass.Scope) {
	path := s.At("scaling.scalingModifiers.formula")
	known := slices.Sorted(maps.Keys(s.Scaling.Triggers))
	if s.Source.Topic != "" {
		known = append(known, "kafka")
	}
	formula := s.Scaling.ScalingModifiers.Formula
	for _, name := range known {
		if strings.IndexByte(name, '-') >= 0 && strings.Contains(formula, name) {
			s.Report(path,
				"the formula reads the trigger name "+strconv.Quote(name)+" as a subtraction",
				"rename the trigger without -")
			formula = strings.ReplaceAll(formula, name, "0.5")
		}
	}
	result := expr.Check(formula)
	if result.Problem != "" {
		s.Report(path, "KEDA cannot compile the formula: "+result.Problem, "see the expr language: expr-lang.org")
		return
	}
	for _, id := range result.Names {
		formulaName(s, path, id, known)
	}
	switch result.Kind {
	case expr.Boolean:
		s.Report(path, "the formula yields true or false, not a number", "write condition ? 1 : 0")
	case expr.List:
		s.Report(path, "the formula yields a list, not a number", "take its sum(...) or len(...)")
	}
}

func formulaName(s *pass.Scope, path []string, id string, known []string) {
	if slices.Contains(known, id) {
		if t := s.Scaling.Triggers[id]; t.Type == "cpu" || t.Type == "memory" {
			s.Report(path,
				"the "+t.Type+" trigger "+strconv.Quote(id)+" cannot be part of a formula",
				"use triggers with external metrics only")
		}
		return
	}
	fix := "its triggers are " + strings.Join(known, ", ")
	if best := s.Nearest(id, known); best != "" {
		fix = "did you mean " + best + "?"
	}
	s.Report(path, "the formula uses "+strconv.Quote(id)+", which is not a trigger", fix)
}
