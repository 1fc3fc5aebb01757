// SPDX-License-Identifier: Apache-2.0

package scaling

import (
	"math"
	"time"
)

// Behavior is autoscaling/v2 HorizontalPodAutoscalerBehavior. What a Rules leaves out
// is filled in as the API server does (pkg/apis/autoscaling/v2/defaults.go).
type Behavior struct {
	ScaleUp, ScaleDown Rules
}

// Rules is autoscaling/v2 HPAScalingRules.
type Rules struct {
	// Window is stabilizationWindowSeconds; nil means the default, which is none
	// for scaling up and [Stabilization] for scaling down.
	Window *time.Duration

	// Select is selectPolicy; the empty one means Max.
	Select Select

	// Policies; none means the default ones.
	Policies []Policy

	// Tolerance; nil means [Tolerance].
	Tolerance *float64
}

// Select is a selectPolicy: which of the policies' limits counts.
type Select string

// The values of a selectPolicy.
const (
	SelectMax      Select = "Max"
	SelectMin      Select = "Min"
	SelectDisabled Select = "Disabled"
)

// Policy allows a change in a period: a number of pods, or a percentage of what was
// there at the start of the period.
type Policy struct {
	Percent bool
	Value   int
	Period  time.Duration
}

// The policies that the API server fills in.
var (
	defaultUp   = []Policy{{false, 4, 15 * time.Second}, {true, 100, 15 * time.Second}}
	defaultDown = []Policy{{true, 100, 15 * time.Second}}
)

// tolerances for scaling up and down.
func (b *Behavior) tolerances() (up, down float64) {
	up, down = Tolerance, Tolerance
	if b != nil && b.ScaleUp.Tolerance != nil {
		up = *b.ScaleUp.Tolerance
	}
	if b != nil && b.ScaleDown.Tolerance != nil {
		down = *b.ScaleDown.Tolerance
	}
	return up, down
}

// longest period of a policy.
func (r *Rules) longest(otherwise []Policy) time.Duration {
	longest := time.Duration(0)
	for _, p := range r.policies(otherwise) {
		longest = max(longest, p.Period)
	}
	return longest
}

func (r *Rules) policies(otherwise []Policy) []Policy {
	if len(r.Policies) > 0 {
		return r.Policies
	}
	return otherwise
}

func (r *Rules) window(otherwise time.Duration) time.Duration {
	if r.Window != nil {
		return *r.Window
	}
	return otherwise
}

// normalizeByBehavior is normalizeDesiredReplicasWithBehaviors.
func (h *HPA) normalizeByBehavior(now time.Duration, current int, v *Verdict) {
	h.stabilize(now, current, v)
	v.Replicas, v.Limited = v.Stable, desiredWithinRange
	switch {
	case v.Stable > current:
		rate := max(h.upLimit(now, current), current)
		most, limit := h.MaxReplicas, tooManyReplicas
		if most > rate {
			most, limit = rate, scaleUpLimit
		}
		if v.Stable > most {
			v.Replicas, v.Limited = most, limit
		}
	case v.Stable < current:
		rate := min(h.downLimit(now, current), current)
		least, limit := h.MinReplicas, tooFewReplicas
		if least < rate {
			least, limit = rate, scaleDownLimit
		}
		if v.Stable < least {
			v.Replicas, v.Limited = least, limit
		}
	}
}

// stabilize is stabilizeRecommendationWithBehaviors: the lowest recommendation of the
// window for scaling up, the highest for scaling down.
func (h *HPA) stabilize(now time.Duration, current int, v *Verdict) {
	upSince := now - h.Behavior.ScaleUp.window(0)
	downSince := now - h.Behavior.ScaleDown.window(Stabilization)
	h.forget(min(upSince, downSince))
	up, down := v.Asked, v.Asked
	for _, r := range h.recommendations {
		if r.at > upSince {
			up = min(up, r.replicas)
		}
		if r.at > downSince {
			down = max(down, r.replicas)
		}
	}
	h.recommendations = append(h.recommendations, recommendation{now, v.Asked})
	v.Stable = min(max(current, up), down)
	switch {
	case v.Stable == v.Asked:
		v.Able = readyForNewScale
	case v.Asked >= current:
		v.Able = scaleUpStabilized
	default:
		v.Able = scaleDownStabilized
	}
}

// upLimit is calculateScaleUpLimitWithScalingRules.
func (h *HPA) upLimit(now time.Duration, current int) int {
	r := &h.Behavior.ScaleUp
	if r.Select == SelectDisabled {
		return current
	}
	limit, pick := math.MinInt, func(a, b int) int { return max(a, b) }
	if r.Select == SelectMin {
		limit, pick = math.MaxInt, func(a, b int) int { return min(a, b) }
	}
	for _, p := range r.policies(defaultUp) {
		start := h.start(now, current, p)
		allowed := start + p.Value
		if p.Percent {
			allowed = ceil(float64(start) * (1 + float64(p.Value)/100))
		}
		limit = pick(limit, allowed)
	}
	return limit
}

// downLimit is calculateScaleDownLimitWithBehaviors: the largest change is the
// smallest limit.
func (h *HPA) downLimit(now time.Duration, current int) int {
	r := &h.Behavior.ScaleDown
	if r.Select == SelectDisabled {
		return current
	}
	limit, pick := math.MaxInt, func(a, b int) int { return min(a, b) }
	if r.Select == SelectMin {
		limit, pick = math.MinInt, func(a, b int) int { return max(a, b) }
	}
	for _, p := range r.policies(defaultDown) {
		start := h.start(now, current, p)
		allowed := start - p.Value
		if p.Percent {
			allowed = int(float64(start) * (1 - float64(p.Value)/100))
		}
		limit = pick(limit, allowed)
	}
	return limit
}

// start is the number of replicas at the start of a policy's period.
func (h *HPA) start(now time.Duration, current int, p Policy) int {
	return current - sum(h.up, now-p.Period) + sum(h.down, now-p.Period)
}
