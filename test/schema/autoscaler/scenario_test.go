// SPDX-License-Identifier: Apache-2.0

package autoscaler

import (
	"math/rand/v2"
	"strconv"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/utils/ptr"

	"github.com/helm-wasm/helm-wasm/scaling"
)

// scenario is an HPA, and what it finds at each sync.
type scenario struct {
	min, max int32
	behavior *autoscalingv2.HorizontalPodAutoscalerBehavior
	metrics  []autoscalingv2.MetricSpec
	ready    int
	steps    []step
}

// step is what one sync finds. set, where it is not negative, are the replicas that
// somebody else, such as KEDA, has just set.
type step struct {
	set    int32
	behind int32 // status.replicas is so many below spec.replicas
	values []int64
}

// generate makes the scenario with a number; the same number gives the same scenario.
func generate(number int) scenario {
	r := rand.New(rand.NewPCG(uint64(number), 17))
	s := scenario{min: 1 + r.Int32N(4), ready: 1 + r.IntN(6), behavior: behavior(r)}
	s.max = s.min + r.Int32N(60)
	for i := range 1 + r.IntN(3) {
		target := resource.NewMilliQuantity(1+r.Int64N(100_000), resource.DecimalSI)
		spec := autoscalingv2.MetricSpec{Type: autoscalingv2.ExternalMetricSourceType, External: &autoscalingv2.ExternalMetricSource{
			Metric: autoscalingv2.MetricIdentifier{Name: strconv.Itoa(i)},
			Target: autoscalingv2.MetricTarget{Type: autoscalingv2.AverageValueMetricType, AverageValue: target},
		}}
		if r.IntN(6) == 0 {
			spec.External.Target = autoscalingv2.MetricTarget{Type: autoscalingv2.ValueMetricType, Value: target}
		}
		s.metrics = append(s.metrics, spec)
	}
	wanted := r.Float64() * float64(s.max)
	for range 40 + r.IntN(80) {
		s.steps = append(s.steps, s.step(r, &wanted))
	}
	return s
}

// step moves the load a little, or to another place.
func (s *scenario) step(r *rand.Rand, wanted *float64) step {
	st := step{set: -1}
	switch r.IntN(20) {
	case 0:
		st.set = r.Int32N(2)
	case 1:
		st.set = r.Int32N(s.max + 3)
	case 2, 3:
		st.behind = r.Int32N(4)
	case 4, 5:
		*wanted = r.Float64() * float64(s.max+5)
	case 6:
		*wanted = 0
	default:
		*wanted *= 0.9 + r.Float64()*0.2
	}
	for _, m := range s.metrics {
		target := m.External.Target.AverageValue
		if target == nil {
			target = m.External.Target.Value
		}
		value := int64(*wanted * (0.5 + r.Float64()) * float64(target.MilliValue()))
		if r.IntN(3) == 0 {
			value = int64(*wanted) * target.MilliValue() // exactly a multiple
		}
		if r.IntN(25) == 0 {
			value = -1 // not readable
		}
		st.values = append(st.values, value)
	}
	return st
}

// behavior is nil, partial or complete.
func behavior(r *rand.Rand) *autoscalingv2.HorizontalPodAutoscalerBehavior {
	if r.IntN(3) == 0 {
		return nil
	}
	b := &autoscalingv2.HorizontalPodAutoscalerBehavior{}
	if r.IntN(5) > 0 {
		b.ScaleUp = rules(r)
	}
	if r.IntN(5) > 0 {
		b.ScaleDown = rules(r)
	}
	return b
}

func rules(r *rand.Rand) *autoscalingv2.HPAScalingRules {
	rules := &autoscalingv2.HPAScalingRules{}
	if r.IntN(4) > 0 {
		rules.StabilizationWindowSeconds = ptr.To([]int32{0, 1, 15, 20, 60, 90, 300, 600}[r.IntN(8)])
	}
	if r.IntN(3) == 0 {
		rules.SelectPolicy = ptr.To([]autoscalingv2.ScalingPolicySelect{"Max", "Min", "Min", "Disabled"}[r.IntN(4)])
	}
	if r.IntN(3) == 0 {
		rules.Tolerance = resource.NewMilliQuantity([]int64{0, 50, 200, 1500}[r.IntN(4)], resource.DecimalSI)
	}
	for range r.IntN(4) {
		p := autoscalingv2.HPAScalingPolicy{
			Type: autoscalingv2.PodsScalingPolicy, Value: 1 + r.Int32N(10),
			PeriodSeconds: []int32{1, 15, 16, 30, 60, 120, 600}[r.IntN(7)],
		}
		if r.IntN(2) == 0 {
			p.Type, p.Value = autoscalingv2.PercentScalingPolicy, 1+r.Int32N(150)
		}
		rules.Policies = append(rules.Policies, p)
	}
	return rules
}

// model is the same HPA in package scaling. What the scenario leaves out is left out.
func (s *scenario) model() *scaling.HPA {
	h := &scaling.HPA{MinReplicas: int(s.min), MaxReplicas: int(s.max)}
	if s.behavior != nil {
		h.Behavior = &scaling.Behavior{ScaleUp: modelRules(s.behavior.ScaleUp), ScaleDown: modelRules(s.behavior.ScaleDown)}
	}
	return h
}

func modelRules(r *autoscalingv2.HPAScalingRules) scaling.Rules {
	var m scaling.Rules
	if r == nil {
		return m
	}
	if r.StabilizationWindowSeconds != nil {
		m.Window = ptr.To(time.Duration(*r.StabilizationWindowSeconds) * time.Second)
	}
	if r.SelectPolicy != nil {
		m.Select = scaling.Select(*r.SelectPolicy)
	}
	if r.Tolerance != nil {
		m.Tolerance = ptr.To(r.Tolerance.AsApproximateFloat64())
	}
	for _, p := range r.Policies {
		m.Policies = append(m.Policies, scaling.Policy{
			Percent: p.Type == autoscalingv2.PercentScalingPolicy, Value: int(p.Value),
			Period: time.Duration(p.PeriodSeconds) * time.Second,
		})
	}
	return m
}

// modelMetrics are the values of a step.
func (s *scenario) modelMetrics(st step) []scaling.Metric {
	var list []scaling.Metric
	for i, m := range s.metrics {
		metric := scaling.Metric{Value: st.values[i], Invalid: st.values[i] < 0}
		if t := m.External.Target; t.AverageValue != nil {
			metric.Target = t.AverageValue.MilliValue()
		} else {
			metric.Kind, metric.Target = scaling.Value, t.Value.MilliValue()
		}
		list = append(list, metric)
	}
	return list
}
