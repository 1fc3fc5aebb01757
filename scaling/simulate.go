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

// Validate reports the first setting with which nothing can be computed.
func (s *Scenario) Validate() error {
	switch {
	case s.Load == nil:
		return fmt.Errorf("Load is missing: ParseLoad makes one")
	case s.Partitions < 1 || s.Partitions > MaxPartitions:
		return fmt.Errorf("Partitions is %d: give 1 to %d", s.Partitions, MaxPartitions)
	case !(s.Skew >= 0 && s.Skew <= 10):
		return fmt.Errorf("Skew is %g: give 0 to 10", s.Skew)
	case s.Duration < time.Second || s.Duration > MaxDuration:
		return fmt.Errorf("Duration is %s: give 1s to %s", s.Duration, MaxDuration)
	case int64(s.Duration/time.Second)*int64(s.Partitions) > MaxWork:
		return fmt.Errorf("Duration is %s with %d partitions: the limit is %d seconds times partitions", s.Duration, s.Partitions, MaxWork)
	case s.Every < time.Second:
		return fmt.Errorf("Every is %s: give at least 1s", s.Every)
	case s.Phase < 0 || s.Phase >= SyncPeriod:
		return fmt.Errorf("Phase is %s: give 0s up to %s", s.Phase, SyncPeriod)
	case s.Replicas < 0 || s.Replicas > MaxReplicas || s.ScaledObject.MaxReplicas > MaxReplicas:
		return fmt.Errorf("Replicas is %d of %d: the limit is %d", s.Replicas, s.ScaledObject.MaxReplicas, MaxReplicas)
	case s.ScaledObject.PausedReplicas != nil && *s.ScaledObject.PausedReplicas > MaxReplicas:
		return fmt.Errorf("ScaledObject.PausedReplicas is %d: the limit is %d", *s.ScaledObject.PausedReplicas, MaxReplicas)
	}
	if err := s.ScaledObject.Validate(); err != nil {
		return fmt.Errorf("ScaledObject.%w", err)
	}
	if err := s.Consumers.Validate(); err != nil {
		return fmt.Errorf("Consumers.%w", err)
	}
	return nil
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
