// SPDX-License-Identifier: Apache-2.0

package scaling

import (
	"math"
	"time"
)

// What kube-controller-manager does when its flags are not given.
const (
	SyncPeriod    = 15 * time.Second // --horizontal-pod-autoscaler-sync-period
	Stabilization = 5 * time.Minute  // --horizontal-pod-autoscaler-downscale-stabilization
	Tolerance     = 0.1              // --horizontal-pod-autoscaler-tolerance
)

// HPA is a HorizontalPodAutoscaler, and what its controller remembers of it. Its
// rules are those of k8s.io/kubernetes/pkg/controller/podautoscaler: reconcileAutoscaler
// and what it calls.
type HPA struct {
	// MinReplicas is at least 1; at zero replicas of the target the HPA is disabled.
	MinReplicas, MaxReplicas int

	// Behavior, if it is set; see [Behavior].
	Behavior *Behavior

	recommendations []recommendation
	up, down        []change
}

// recommendation is what the metrics asked for at one time.
type recommendation struct {
	at       time.Duration
	replicas int
}

// change of replicas that the HPA made, as a positive number.
type change struct {
	at       time.Duration
	replicas int
}

// Scale is what the HPA sees of its target: spec.replicas, status.replicas, and how
// many pods are ready.
type Scale struct {
	Spec, Status, Ready int
}

// Condition is one of the conditions that the controller writes into the HPA's status.
type Condition struct {
	True            bool
	Reason, Message string
}

// Verdict is the outcome of one sync.
type Verdict struct {
	// Asked is what the metrics ask for, before any window or limit; -1 when the
	// HPA did not look at them.
	Asked int

	// Tolerated means that the metric that decided is within the tolerance, so
	// that Asked is what is there already.
	Tolerated bool

	// Ratio is the usage for each replica over its target, of that metric.
	Ratio float64

	// Stable is Asked after the stabilization windows.
	Stable int

	// Replicas is what the HPA sets.
	Replicas int

	// The three conditions; Limited is empty when Asked is -1.
	Active, Able, Limited Condition
}

// Sync is one reconciliation, at a time since the start.
func (h *HPA) Sync(now time.Duration, s Scale, metrics []Metric) Verdict {
	if h.recommendations == nil {
		h.recommendations = []recommendation{{now, s.Spec}}
	}
	v := Verdict{Asked: -1, Stable: s.Spec, Replicas: s.Spec, Able: succeededGetScale}
	switch {
	case s.Spec == 0:
		v.Active = scalingDisabled
		return v
	case s.Spec > h.MaxReplicas:
		v.Able, v.Replicas = aboveMax, h.MaxReplicas
	case s.Spec < h.MinReplicas:
		v.Able, v.Replicas = belowMin, h.MinReplicas
	default:
		if !h.measure(&v, s, metrics) {
			return v
		}
		if h.Behavior == nil {
			h.normalize(now, s.Spec, &v)
		} else {
			h.normalizeByBehavior(now, s.Spec, &v)
		}
	}
	h.record(now, s.Spec, v.Replicas)
	return v
}

// measure takes the largest proposal of the metrics, as computeReplicasForMetrics
// does. It reports false when the HPA changes nothing because it could not read them.
func (h *HPA) measure(v *Verdict, s Scale, metrics []Metric) bool {
	up, down := h.Behavior.tolerances()
	asked, invalid := 0, 0
	for _, m := range metrics {
		if m.Invalid {
			invalid++
			continue
		}
		p := m.propose(s, up, down)
		if asked == 0 || p.replicas > asked {
			asked, v.Ratio, v.Tolerated = p.replicas, p.ratio, p.within
		}
	}
	if invalid > 0 && (invalid >= len(metrics) || asked < s.Spec) {
		v.Active = failedGetExternalMetric
		return false
	}
	v.Asked, v.Active = asked, validMetricFound
	return true
}

// normalize is normalizeDesiredReplicas: without a behavior the HPA keeps the highest
// recommendation of the window, and at most doubles, or goes to four.
func (h *HPA) normalize(now time.Duration, current int, v *Verdict) {
	v.Stable = v.Asked
	h.forget(now - Stabilization)
	for _, r := range h.recommendations {
		v.Stable = max(v.Stable, r.replicas)
	}
	h.recommendations = append(h.recommendations, recommendation{now, v.Asked})
	v.Able = readyForNewScale
	if v.Stable != v.Asked {
		v.Able = scaleDownStabilized
	}
	most, limit := h.MaxReplicas, tooManyReplicas
	if ramp := max(2*current, 4); most > ramp {
		most, limit = ramp, scaleUpLimit
	}
	v.Replicas, v.Limited = v.Stable, desiredWithinRange
	switch {
	case v.Stable < h.MinReplicas:
		v.Replicas, v.Limited = h.MinReplicas, tooFewReplicas
	case v.Stable > most:
		v.Replicas, v.Limited = most, limit
	}
}

// forget drops recommendations from before a time.
func (h *HPA) forget(before time.Duration) {
	kept := h.recommendations[:0]
	for _, r := range h.recommendations {
		if r.at >= before {
			kept = append(kept, r)
		}
	}
	h.recommendations = kept
}

// record remembers a change for the policies of a behavior. As storeScaleEvent does, it
// reuses the place of a change that is older than the direction's longest period,
// although a longer period of the other direction may still want that one.
func (h *HPA) record(now time.Duration, from, to int) {
	switch {
	case h.Behavior == nil:
	case to > from:
		h.up = remember(h.up, change{now, to - from}, now-h.Behavior.ScaleUp.longest(defaultUp))
	case to < from:
		h.down = remember(h.down, change{now, from - to}, now-h.Behavior.ScaleDown.longest(defaultDown))
	}
}

func remember(changes []change, c change, cutoff time.Duration) []change {
	for i := len(changes) - 1; i >= 0; i-- {
		if changes[i].at < cutoff {
			changes[i] = c
			return changes
		}
	}
	return append(changes, c)
}

// sum of the changes after a time.
func sum(changes []change, after time.Duration) int {
	total := 0
	for _, c := range changes {
		if c.at > after {
			total += c.replicas
		}
	}
	return total
}

// Kind of a metric's target.
type Kind int

// The two kinds of targets that KEDA gives to external metrics.
const (
	// AverageValue is a target for each replica.
	AverageValue Kind = iota
	// Value is a target for the sum.
	Value
)

// Metric is an external metric: its value and target in thousandths, as the HPA
// calculates with them.
type Metric struct {
	Kind          Kind
	Value, Target int64
	Invalid       bool // it could not be read
}

// proposal of one metric.
type proposal struct {
	replicas int
	ratio    float64
	within   bool
}

// propose is GetExternalPerPodMetricReplicas and GetExternalMetricReplicas.
func (m Metric) propose(s Scale, up, down float64) proposal {
	usage, target := float64(m.Value), float64(m.Target)
	if m.Kind == AverageValue {
		p := proposal{replicas: s.Status, ratio: usage / (target * float64(s.Status))}
		if p.within = within(p.ratio, up, down); !p.within {
			p.replicas = ceil(usage / target)
		}
		return p
	}
	p := proposal{replicas: s.Spec, ratio: usage / target}
	if p.within = within(p.ratio, up, down); !p.within {
		p.replicas = ceil(p.ratio * float64(s.Ready))
	}
	return p
}

// within the tolerance; a ratio that is no number is not.
func within(ratio, up, down float64) bool { return 1-down <= ratio && ratio <= 1+up }

// ceil is limited to what an int32 can be, as replicas are.
func ceil(x float64) int { return int(min(math.Ceil(x), math.MaxInt32)) }
