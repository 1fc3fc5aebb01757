// SPDX-License-Identifier: Apache-2.0

package scaling

import (
	"fmt"
	"time"
)

// Scenario is what happens to one function: how it scales, what it can do, and what
// arrives.
type Scenario struct {
	ScaledObject ScaledObject
	Consumers    Consumers
	Load         *Load

	Partitions int
	Skew       float64 // 0: all partitions get the same; 1: the n-th gets 1/n of the first

	// Duration of the simulation, and the distance of its samples.
	Duration, Every time.Duration

	// Phase is how long after KEDA's first poll the HPA syncs for the first time.
	Phase time.Duration

	// Replicas at the start; they are ready.
	Replicas int

	// Unreadable are times in which KEDA cannot read the lag.
	Unreadable []Span
}

// Span of time; the end is not part of it.
type Span struct{ From, To time.Duration }

// Limits of a scenario.
const (
	MaxDuration   = 31 * 24 * time.Hour
	MaxPartitions = 10_000
	MaxReplicas   = 10_000
	// MaxWork is the product of seconds and partitions.
	MaxWork = 500_000_000
)

// SettingError is a setting with which nothing can be computed.
type SettingError struct {
	Field string
	Value any
	Want  string // what to give
}

// Error names the field, its value, and what to give.
func (e *SettingError) Error() string {
	return fmt.Sprintf("%s is %v: give %s", e.Field, e.Value, e.Want)
}

// Validate reports the first setting with which nothing can be computed, as a
// [*SettingError].
func (s *Scenario) Validate() error {
	o := &s.ScaledObject
	switch {
	case s.Load == nil:
		return &SettingError{"Load", nil, "what ParseLoad returns"}
	case s.Partitions < 1 || s.Partitions > MaxPartitions:
		return &SettingError{"Partitions", s.Partitions, fmt.Sprintf("1 to %d", MaxPartitions)}
	case !(s.Skew >= 0 && s.Skew <= 10):
		return &SettingError{"Skew", s.Skew, "0 to 10"}
	case s.Duration < time.Second || s.Duration > MaxDuration:
		return &SettingError{"Duration", s.Duration, fmt.Sprintf("1s to %s", MaxDuration)}
	case int64(s.Duration/time.Second)*int64(s.Partitions) > MaxWork:
		return &SettingError{"Duration", s.Duration, fmt.Sprintf("at most %d s with %d partitions", MaxWork/s.Partitions, s.Partitions)}
	case s.Every < time.Second:
		return &SettingError{"Every", s.Every, "at least 1s"}
	case s.Phase < 0 || s.Phase >= SyncPeriod:
		return &SettingError{"Phase", s.Phase, fmt.Sprintf("0s up to %s", SyncPeriod)}
	case s.Replicas < 0 || s.Replicas > MaxReplicas:
		return &SettingError{"Replicas", s.Replicas, fmt.Sprintf("0 to %d", MaxReplicas)}
	case o.PausedReplicas != nil && (*o.PausedReplicas < 0 || *o.PausedReplicas > MaxReplicas):
		return &SettingError{"ScaledObject.PausedReplicas", *o.PausedReplicas, fmt.Sprintf("0 to %d", MaxReplicas)}
	}
	if err := o.validate(); err != nil {
		return err
	}
	return s.Consumers.validate()
}

// Sample is the state at one time.
type Sample struct {
	At      time.Duration
	Load    float64 // events per second
	Lag     int64
	Desired int
	Ready   int
	Behind  time.Duration // the age of the oldest event that waits
}

// Result of a simulation.
type Result struct {
	Samples   []Sample
	Decisions []Decision
	Delay     Delay

	Arrived, Processed int64
	ReplicaTime        time.Duration // of all replicas together, from their creation
	MaxLag             int64
}

// Delay is how long events waited and were processed. Events that still wait at the
// end are not part of it.
type Delay struct{ P50, P95, P99, Max time.Duration }

// Simulate runs a scenario, second by second. The same scenario gives the same result.
func Simulate(s *Scenario) (*Result, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	r := newRun(s)
	seconds, every := int64(s.Duration/time.Second), int64(s.Every/time.Second)
	for now := range seconds + 1 {
		rate := s.Load.Rate(time.Duration(now) * time.Second)
		if now < seconds {
			r.result.Arrived += r.topic.produce(rate)
		}
		r.group.join(now)
		r.group.consume(now, r.topic)
		r.topic.settle(now)
		r.decide(now)
		r.result.MaxLag = max(r.result.MaxLag, r.topic.lag)
		if now%every == 0 || now == seconds {
			r.sample(now, rate)
		}
		if now < seconds {
			r.result.ReplicaTime += time.Duration(r.replicas) * time.Second
		}
	}
	return r.finish(), nil
}

func (r *run) sample(now int64, rate float64) {
	r.result.Samples = append(r.result.Samples, Sample{
		At: time.Duration(now) * time.Second, Load: rate, Lag: r.topic.lag,
		Desired: r.replicas, Ready: r.group.ready,
		Behind: time.Duration(r.topic.behind(now)) * time.Second,
	})
}

func (r *run) finish() *Result {
	d := &r.group.delays
	service := min(r.group.ServiceTime, time.Second) // longer ones are part of the wait
	if r.result.Processed = d.total; d.total > 0 {
		r.result.Delay = Delay{
			P50: d.percentile(50) + service, P95: d.percentile(95) + service,
			P99: d.percentile(99) + service, Max: d.percentile(100) + service,
		}
	}
	return r.result
}
