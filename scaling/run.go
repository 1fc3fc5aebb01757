// SPDX-License-Identifier: Apache-2.0

package scaling

import "time"

// run is a simulation under way: the cluster and the two that decide.
type run struct {
	*Scenario
	topic    *topic
	group    *group
	loop     Loop
	hpa      *HPA
	replicas int // spec.replicas of the target
	seen     Seen
	polled   Lag
	result   *Result
}

func newRun(s *Scenario) *run {
	r := &run{
		Scenario: s, topic: newTopic(s.Partitions, s.Skew), group: &group{Consumers: s.Consumers},
		loop: Loop{ScaledObject: &s.ScaledObject}, hpa: s.ScaledObject.HPA(),
		replicas: s.Replicas, seen: Seen{}, result: &Result{},
	}
	for range s.Replicas {
		r.group.starts = append(r.group.starts, 0)
	}
	r.group.ready = s.Replicas
	return r
}

// decide lets KEDA poll and the HPA sync, when it is their time.
func (r *run) decide(now int64) {
	at := time.Duration(now) * time.Second
	if at%r.ScaledObject.PollingInterval.Truncate(time.Second) == 0 {
		r.poll(at)
	}
	if at%SyncPeriod == r.Phase.Truncate(time.Second) && !r.paused() {
		r.sync(at)
	}
}

// paused says whether KEDA has removed the HPA.
func (r *run) paused() bool { return r.ScaledObject.Paused || r.ScaledObject.PausedReplicas != nil }

func (r *run) unreadable(at time.Duration) bool {
	for _, s := range r.Unreadable {
		if at >= s.From && at < s.To {
			return true
		}
	}
	return false
}

// poll is KEDA's.
func (r *run) poll(at time.Duration) {
	failed, active := r.unreadable(at), false
	if failed {
		_, active = r.ScaledObject.fallback(r.replicas)
	} else {
		r.polled = r.ScaledObject.Kafka.Lag(r.topic.partitions, r.seen)
		active = r.polled.Active
	}
	step := r.loop.Poll(at, r.replicas, active, failed)
	r.note(Decision{
		By: KEDA, At: at, From: r.replicas, To: step.Replicas, Reason: step.Reason, Message: step.Message,
		Lag: r.polled.Total, Metric: r.polled.Metric,
	})
	r.scale(at, step.Replicas)
}

// sync is the HPA's.
func (r *run) sync(at time.Duration) {
	o := &r.ScaledObject
	m := Metric{Target: o.Kafka.LagThreshold * 1000}
	lag := r.polled
	switch {
	case r.unreadable(at):
		value, applies := o.fallback(r.replicas)
		m.Value, m.Invalid = value, !applies
	case r.replicas == 0: // the HPA does not ask
	case !o.UseCachedMetrics:
		lag = o.Kafka.Lag(r.topic.partitions, r.seen)
		fallthrough
	default:
		m.Value = lag.Metric * 1000
	}
	v := r.hpa.Sync(at, Scale{r.replicas, r.replicas, r.group.ready}, []Metric{m})
	r.note(fromVerdict(at, r.replicas, v, lag))
	r.scale(at, v.Replicas)
}

func (r *run) scale(at time.Duration, replicas int) {
	r.replicas = replicas
	r.group.scale(int64(at/time.Second), replicas)
}
