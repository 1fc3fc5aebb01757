// SPDX-License-Identifier: Apache-2.0

package scaling

import (
	"testing"
	"time"
)

func number(n int) *int { return &n }

// poll is one poll of a loop, and what it must give.
type poll struct {
	at             int // seconds
	replicas       int
	active, failed bool
	want           int
	reason         string
}

func TestLoop(t *testing.T) {
	o := ScaledObject{MaxReplicas: 9, CooldownPeriod: 60 * time.Second, InitialCooldownPeriod: 20 * time.Second}
	with := func(change func(*ScaledObject)) ScaledObject {
		c := o
		change(&c)
		return c
	}
	for name, tc := range map[string]struct {
		object ScaledObject
		polls  []poll
	}{
		"never active": {o, []poll{
			{0, 3, false, false, 3, "ScalerCooldown"},
			{20, 3, false, false, 3, "ScalerCooldown"},
			{25, 3, false, false, 0, "ScalerNotActive"},
		}},
		"there and back": {o, []poll{
			{0, 0, false, false, 0, "ScalerNotActive"},
			{5, 0, true, false, 1, "ScalerActive"},
			{10, 4, true, false, 4, "ScalerActive"},
			{15, 4, false, false, 4, "ScalerCooldown"},
			{70, 4, false, false, 4, "ScalerCooldown"},
			{75, 4, false, false, 0, "ScalerNotActive"},
		}},
		"a minimum": {with(func(o *ScaledObject) { o.MinReplicas = 2 }), []poll{
			{0, 0, false, false, 2, "ScalerNotActive"},
			{900, 5, false, false, 5, "ScalerNotActive"},
			{905, 0, true, false, 2, "ScalerActive"},
		}},
		"idle": {with(func(o *ScaledObject) { o.MinReplicas, o.IdleReplicas = 2, number(0) }), []poll{
			{0, 0, true, false, 2, "ScalerActive"}, {5, 2, false, false, 2, "ScalerCooldown"}, {65, 2, false, false, 0, "ScalerNotActive"},
		}},
		"cannot be read":  {o, []poll{{100, 4, false, true, 4, "TriggerError"}}},
		"partly readable": {o, []poll{{100, 4, true, true, 4, "PartialTriggerError"}}},
		"waits for a fallback": {with(func(o *ScaledObject) { o.Fallback = &Fallback{3, 2, ""} }), []poll{
			{100, 4, false, true, 4, "ScalerNotActive"},
		}},
		"a fallback of nothing": {with(func(o *ScaledObject) { o.Fallback = &Fallback{} }), []poll{{100, 4, false, true, 0, "ScalerNotActive"}}},
		"paused":                {with(func(o *ScaledObject) { o.Paused = true }), []poll{{100, 4, false, false, 4, "ScaledObjectPaused"}}},
		"paused at a number":    {with(func(o *ScaledObject) { o.PausedReplicas = number(7) }), []poll{{100, 4, false, false, 7, "ScaledObjectPaused"}}},
		"scale-in paused":       {with(func(o *ScaledObject) { o.PausedScaleIn = true }), []poll{{100, 4, false, false, 4, "ScalerNotActive"}}},
		"scale-out paused":      {with(func(o *ScaledObject) { o.PausedScaleOut = true }), []poll{{100, 0, true, false, 0, "ScalerActive"}}},
	} {
		t.Run(name, func(t *testing.T) {
			l := Loop{ScaledObject: &tc.object}
			for _, p := range tc.polls {
				s := l.Poll(time.Duration(p.at)*time.Second, p.replicas, p.active, p.failed)
				if s.Replicas != p.want || s.Reason != p.reason {
					t.Errorf("at %d s: %+v, want %d, %s", p.at, s, p.want, p.reason)
				}
			}
		})
	}
}

func TestFallback(t *testing.T) {
	o := ScaledObject{Kafka: Kafka{LagThreshold: 10}, Fallback: &Fallback{FailureThreshold: 0, Replicas: 4}}
	for behavior, want := range map[string]int64{
		"": 4, "static": 4, "currentReplicas": 6, "currentReplicasIfHigher": 6, "currentReplicasIfLower": 4,
	} {
		o.Fallback.Behavior = behavior
		if got, applies := o.fallback(6); !applies || got != want*10_000 {
			t.Errorf("%q: %d, %v, want %d", behavior, got, applies, want*10_000)
		}
	}
	o.Fallback.FailureThreshold = 1
	if _, applies := o.fallback(6); applies {
		t.Error("KEDA's kafka scaler does not count a second failure, so this fallback never applies")
	}
}

// TestPausedHPA: a pause of one direction is a policy of the HPA.
func TestPausedHPA(t *testing.T) {
	o := ScaledObject{MaxReplicas: 9, PausedScaleIn: true, PausedScaleOut: true}
	b := o.HPA().Behavior
	if b == nil || b.ScaleUp.Select != SelectDisabled || b.ScaleDown.Select != SelectDisabled || o.Behavior != nil {
		t.Errorf("%+v", b)
	}
}
