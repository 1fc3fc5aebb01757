// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/lint/expr"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// modifiers checks scaling.scalingModifiers, of which KEDA finds some mistakes
// only when it runs.
func (s *scope) modifiers(sc *schema.Scaling, src *schema.Source) {
	m := sc.ScalingModifiers
	if m.Formula == "" {
		if m.Target != "" || m.ActivationTarget != "" || m.MetricType != "" {
			s.add("KE20", "scaling.scalingModifiers", "scalingModifiers have no formula", "write the formula, or remove the section")
		}
		return
	}
	if m.Target == "" {
		s.add("KE20", "scaling.scalingModifiers", "scalingModifiers have no target",
			"set target to the formula's value that one replica is meant to have")
	} else if f, err := strconv.ParseFloat(string(m.Target), 64); err != nil || f <= 0 {
		s.add("KE20", "scaling.scalingModifiers.target",
			"target "+strconv.Quote(string(m.Target))+" is not a number above 0",
			"write a number without a unit")
	} else if f != float64(int64(f)) && sc.Fallback.FailureThreshold != nil {
		s.addAs(SeverityWarning, "KE20", "scaling.scalingModifiers.target",
			"with the fractional target "+string(m.Target)+" KEDA never uses the fallback",
			"write a whole number, and scale the formula instead")
	}
	if m.ActivationTarget != "" {
		if _, err := strconv.ParseFloat(string(m.ActivationTarget), 64); err != nil {
			s.add("KE20", "scaling.scalingModifiers.activationTarget",
				"activationTarget "+strconv.Quote(string(m.ActivationTarget))+" is not a number; KEDA finds out only when it runs",
				"write a number without a unit")
		}
	}
	s.formula(sc, src)
}

func (s *scope) formula(sc *schema.Scaling, src *schema.Source) {
	const field = "scaling.scalingModifiers.formula"
	known := slices.Sorted(maps.Keys(sc.Triggers))
	if src.Topic != "" {
		known = append(known, "kafka")
	}
	formula := sc.ScalingModifiers.Formula
	for _, name := range known {
		if strings.IndexByte(name, '-') >= 0 && strings.Contains(formula, name) {
			s.add("KE20", field,
				"the formula reads the trigger name "+strconv.Quote(name)+" as a subtraction",
				"rename the trigger without -")
			formula = strings.ReplaceAll(formula, name, "0.5")
		}
	}
	result := expr.Check(formula)
	if result.Problem != "" {
		s.add("KE20", field, "KEDA cannot compile the formula: "+result.Problem, "see the expr language: expr-lang.org")
		return
	}
	for _, id := range result.Names {
		if slices.Contains(known, id) {
			if t := sc.Triggers[id]; t.Type == "cpu" || t.Type == "memory" {
				s.add("KE20", field,
					"the "+t.Type+" trigger "+strconv.Quote(id)+" cannot be part of a formula",
					"use triggers with external metrics only")
			}
			continue
		}
		fix := "its triggers are " + strings.Join(known, ", ")
		if best := s.l.nearest(id, known); best != "" {
			fix = "did you mean " + best + "?"
		}
		s.add("KE20", field, "the formula uses "+strconv.Quote(id)+", which is not a trigger", fix)
	}
	switch result.Kind {
	case expr.Boolean:
		s.add("KE20", field, "the formula yields true or false, not a number", "write condition ? 1 : 0")
	case expr.List:
		s.add("KE20", field, "the formula yields a list, not a number", "take its sum(...) or len(...)")
	}
}
