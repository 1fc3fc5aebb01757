// SPDX-License-Identifier: Apache-2.0

package scaling

import (
	"fmt"
	"time"
)

// ScaledObject is KEDA's, as far as it decides about replicas. Zero values mean what
// they say: KEDA's own defaults are not filled in.
type ScaledObject struct {
	MinReplicas, MaxReplicas int

	// IdleReplicas is idleReplicaCount, if it is set. KEDA supports only 0.
	IdleReplicas *int

	PollingInterval       time.Duration
	CooldownPeriod        time.Duration
	InitialCooldownPeriod time.Duration

	// UseCachedMetrics answers the HPA with what the last poll found.
	UseCachedMetrics bool

	Kafka    Kafka
	Behavior *Behavior
	Fallback *Fallback

	// Pauses, by annotations.
	Paused                        bool
	PausedReplicas                *int
	PausedScaleIn, PausedScaleOut bool
}

// Fallback is ScaledObject.spec.fallback: replicas while the lag cannot be read.
type Fallback struct {
	FailureThreshold int
	Replicas         int
	Behavior         string // empty means static
}

// Loop is KEDA's scale loop of one ScaledObject, and what it remembers. Its rules are
// those of pkg/scaling/executor/scale_scaledobjects.go: RequestScale.
type Loop struct {
	*ScaledObject
	lastActive time.Duration
	wasActive  bool
}

// Step is the outcome of one poll.
type Step struct {
	Replicas        int
	Reason, Message string
}

// Poll is one pass of the loop over a target with so many replicas. failed means that
// a trigger could not be read.
func (l *Loop) Poll(now time.Duration, replicas int, active, failed bool) Step {
	switch {
	case l.PausedReplicas != nil:
		return Step{*l.PausedReplicas, "ScaledObjectPaused", "ScaledObject is paused"}
	case l.Paused:
		return Step{replicas, "ScaledObjectPaused", "ScaledObject is paused"}
	case active:
		return l.active(now, replicas, failed)
	}
	return l.inactive(now, replicas, failed)
}

func (l *Loop) active(now time.Duration, replicas int, failed bool) Step {
	s := Step{replicas, scalerActive, "Scaling is performed because triggers are active"}
	switch {
	case replicas == 0 || l.IdleReplicas != nil && replicas < l.MinReplicas:
		if l.PausedScaleOut {
			s.Message = "Pause Scale Out annotation set on ScaledObject, no scaling out on active trigger"
			return s
		}
		s.Replicas = max(1, l.MinReplicas)
	case failed:
		s.Reason, s.Message = "PartialTriggerError", "Some triggers defined in ScaledObject are not working correctly"
		return s
	}
	l.lastActive, l.wasActive = now, true
	return s
}

func (l *Loop) inactive(now time.Duration, replicas int, failed bool) Step {
	s := Step{replicas, "ScalerNotActive", "Scaling is not performed because triggers are not active"}
	switch {
	case failed && l.Fallback != nil && l.Fallback.Replicas != 0:
		s.Message = "ScaleTarget will fallback to Fallback.Replicas after Fallback.FailureThreshold"
	case failed && l.Fallback == nil:
		s.Reason, s.Message = "TriggerError", "Triggers defined in ScaledObject are not working correctly"
	case l.IdleReplicas != nil && replicas > *l.IdleReplicas, replicas > 0 && l.MinReplicas == 0:
		l.toZero(now, &s)
	case l.IdleReplicas == nil && replicas < l.MinReplicas:
		s.Replicas = l.MinReplicas
		s.Message = "Successfully set ScaleTarget replicas count to ScaledObject minReplicaCount"
	}
	return s
}

// toZero goes to idle or zero replicas in one step, once the cooldown is over.
func (l *Loop) toZero(now time.Duration, s *Step) {
	since, period := l.lastActive, l.CooldownPeriod
	if !l.wasActive {
		since, period = 0, l.InitialCooldownPeriod
	}
	switch {
	case l.PausedScaleIn:
		s.Message = "Pause Scale Down annotation set on ScaledObject, no scaling down on inactive trigger"
	case since+period >= now:
		s.Reason, s.Message = "ScalerCooldown", "Scaler cooling down because triggers are not active"
	case l.IdleReplicas != nil:
		s.Replicas = *l.IdleReplicas
		s.Message = "Successfully set ScaleTarget replicas count to ScaledObject idleReplicaCount"
	default:
		s.Replicas = l.MinReplicas
		s.Message = "Successfully set ScaleTarget replicas count to ScaledObject minReplicaCount"
	}
}

// HPA is the one that KEDA creates for the ScaledObject (controllers/keda/hpa.go).
func (o *ScaledObject) HPA() *HPA {
	h := &HPA{MinReplicas: max(1, o.MinReplicas), MaxReplicas: o.MaxReplicas, Behavior: o.Behavior}
	if o.PausedScaleIn || o.PausedScaleOut {
		b := Behavior{}
		if o.Behavior != nil {
			b = *o.Behavior
		}
		if o.PausedScaleIn {
			b.ScaleDown.Select = SelectDisabled
		}
		if o.PausedScaleOut {
			b.ScaleUp.Select = SelectDisabled
		}
		h.Behavior = &b
	}
	return h
}

// failures that KEDA counts while the brokers do not answer. Its kafka scaler connects
// when it is built; after the first failure it is built anew, which fails before
// anything is counted. So the count stays at one (pkg/scaling/scale_handler.go).
const failures = 1

// metric that the fallback gives to the HPA, in thousandths, and whether it applies
// (pkg/fallback/fallback.go).
func (o *ScaledObject) fallback(current int) (int64, bool) {
	f := o.Fallback
	if f == nil || failures <= f.FailureThreshold {
		return 0, false
	}
	replicas := f.Replicas
	switch f.Behavior {
	case "currentReplicas":
		replicas = current
	case "currentReplicasIfHigher":
		replicas = max(current, f.Replicas)
	case "currentReplicasIfLower":
		replicas = min(current, f.Replicas)
	}
	return int64(replicas) * o.Kafka.LagThreshold * 1000, true
}

func (o *ScaledObject) validate() error {
	switch {
	case o.MinReplicas < 0:
		return &SettingError{"ScaledObject.MinReplicas", o.MinReplicas, "at least 0"}
	case o.MaxReplicas < max(1, o.MinReplicas) || o.MaxReplicas > MaxReplicas:
		return &SettingError{"ScaledObject.MaxReplicas", o.MaxReplicas, fmt.Sprintf("%d to %d", max(1, o.MinReplicas), MaxReplicas)}
	case o.PollingInterval < time.Second:
		return &SettingError{"ScaledObject.PollingInterval", o.PollingInterval, "at least 1s"}
	case o.Kafka.LagThreshold < 1:
		return &SettingError{"ScaledObject.Kafka.LagThreshold", o.Kafka.LagThreshold, "at least 1"}
	}
	return nil
}
