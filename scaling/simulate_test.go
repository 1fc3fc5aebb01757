// SPDX-License-Identifier: Apache-2.0

package scaling

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

// scenario is an ordinary function on twelve partitions, with a load.
func scenario(t testing.TB, load string) *Scenario {
	t.Helper()
	l, err := ParseLoad(load)
	if err != nil {
		t.Fatal(err)
	}
	return &Scenario{
		ScaledObject: ScaledObject{
			MaxReplicas: 12, PollingInterval: 5 * time.Second, CooldownPeriod: time.Minute,
			Kafka: Kafka{LagThreshold: 50},
		},
		Consumers: Consumers{ServiceTime: 10 * time.Millisecond, Concurrency: 1, Commit: 250 * time.Millisecond, Startup: 3 * time.Second, Rebalance: 3 * time.Second},
		Load:      l, Partitions: 12, Duration: time.Hour, Every: time.Minute, Phase: 7 * time.Second,
	}
}

func simulate(t testing.TB, s *Scenario) *Result {
	t.Helper()
	r, err := Simulate(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// changes of the replicas, as from-to at a second.
func changes(r *Result) []Decision {
	var list []Decision
	for _, d := range r.Decisions {
		if d.Changed() {
			list = append(list, d)
		}
	}
	return list
}

// TestWakeUp: KEDA leaves zero at its next poll, the HPA goes on from there, and KEDA
// goes back to zero when the cooldown is over.
func TestWakeUp(t *testing.T) {
	s := scenario(t, "spike(0/s, 100/s, at=62s, for=2m)")
	r := simulate(t, s)
	all := changes(r)
	first, last := all[0], all[len(all)-1]
	if first.By != KEDA || first.At != 65*time.Second || first.From != 0 || first.To != 1 || first.Reason != "ScalerActive" {
		t.Errorf("first %+v", first)
	}
	if all[1].By != Auto || all[1].To < 4 {
		t.Errorf("second %+v", all[1])
	}
	if last.By != KEDA || last.To != 0 || last.Reason != "ScalerNotActive" {
		t.Errorf("last %+v", last)
	}
	if r.Arrived < 11_980 || r.Arrived > 12_000 || r.Processed != r.Arrived || r.MaxLag < 300 || r.Delay.Max < 6*time.Second {
		t.Errorf("%+v, %d of %d processed, lag up to %d", r.Delay, r.Processed, r.Arrived, r.MaxLag)
	}
	if end := r.Samples[len(r.Samples)-1]; end.At != time.Hour || end.Lag != 0 || end.Ready != 0 || end.Behind != 0 {
		t.Errorf("the end %+v", end)
	}
}

// TestPlateau: 24 partitions, and the HPA stays at 22 because of its tolerance.
func TestPlateau(t *testing.T) {
	s := scenario(t, "1M/s")
	s.Partitions, s.ScaledObject.MaxReplicas, s.Replicas = 24, 100, 22
	r := simulate(t, s)
	for _, d := range r.Decisions {
		if d.By == Auto && !(d.Tolerated && d.To == 22 && d.Asked == 22) {
			t.Errorf("%+v", d)
		}
	}
	if last := r.Decisions[len(r.Decisions)-1].String(); !strings.Contains(last, "metric 1200 is 1.091 of the target for 22 replicas") {
		t.Error(last)
	}
	if got := r.Samples[len(r.Samples)-1].Desired; got != 22 {
		t.Errorf("%d replicas, want 22", got)
	}
}

// TestUnreadable: without a fallback the replicas stay, with one they are the fallback's.
func TestUnreadable(t *testing.T) {
	for _, tc := range []struct {
		fallback *Fallback
		want     int
	}{{nil, 3}, {&Fallback{FailureThreshold: 0, Replicas: 6}, 6}, {&Fallback{FailureThreshold: 3, Replicas: 6}, 3}} {
		s := scenario(t, "150/s")
		s.Replicas, s.ScaledObject.Fallback = 3, tc.fallback
		s.Unreadable, s.Duration = []Span{{0, time.Hour}}, 10*time.Minute
		r := simulate(t, s)
		if got := r.Samples[len(r.Samples)-1].Desired; got != tc.want {
			t.Errorf("fallback %+v: %d replicas, want %d", tc.fallback, got, tc.want)
		}
	}
}

// TestNeverCommitted: with latest, partitions without a commit keep a function awake.
func TestNeverCommitted(t *testing.T) {
	s := scenario(t, "0/s")
	s.ScaledObject.Kafka.Latest = true
	r := simulate(t, s)
	if end := r.Samples[len(r.Samples)-1]; end.Desired != 1 {
		t.Errorf("%+v", end)
	}
}

// TestPaused: nothing decides, and the number of a pause holds.
func TestPaused(t *testing.T) {
	s := scenario(t, "1000/s")
	s.ScaledObject.PausedReplicas = number(5)
	r := simulate(t, s)
	if all := changes(r); len(all) != 1 || all[0].To != 5 || r.ReplicaTime != 5*time.Hour {
		t.Errorf("%+v, %s", all, r.ReplicaTime)
	}
}

// TestSkew: one partition gets most of the events, and no replica can help it.
func TestSkew(t *testing.T) {
	even, skewed := scenario(t, "500/s"), scenario(t, "500/s")
	skewed.Skew = 1
	if a, b := simulate(t, even), simulate(t, skewed); a.Delay.P99 >= b.Delay.P99 || a.MaxLag >= b.MaxLag {
		t.Errorf("even %+v, %d; skewed %+v, %d", a.Delay, a.MaxLag, b.Delay, b.MaxLag)
	}
}

func TestDeterminism(t *testing.T) {
	if a, b := simulate(t, scenario(t, "day + spike")), simulate(t, scenario(t, "day + spike")); !reflect.DeepEqual(a, b) {
		t.Error("the same scenario gave two results")
	}
}

// TestBatch: a batch that is not full is committed when nothing else waits.
func TestBatch(t *testing.T) {
	s := scenario(t, "spike(0/s, 10/s, at=10s, for=1m)")
	s.Consumers.Batch = 100
	if r := simulate(t, s); r.Processed < 590 || r.Processed != r.Arrived || r.Samples[len(r.Samples)-1].Lag != 0 {
		t.Errorf("%+v, %d of %d processed, lag up to %d", r.Delay, r.Processed, r.Arrived, r.MaxLag)
	}
}

// TestLongBacklog: a day without consumers takes little memory, and its delays are right.
func TestLongBacklog(t *testing.T) {
	s := scenario(t, "120/s")
	s.ScaledObject.PausedReplicas, s.Duration, s.Partitions = number(0), 24*time.Hour, 1
	r := newRun(s)
	for now := range int64(86_400) {
		r.topic.produce(120)
		r.topic.settle(now)
	}
	if n := len(r.topic.lanes[0].segments); n > 8000 {
		t.Errorf("%d segments", n)
	}
	if r.topic.lag != 120*86_400 || r.topic.behind(86_400) != 86_400 {
		t.Errorf("lag %d, behind %d", r.topic.lag, r.topic.behind(86_400))
	}
}

func TestScenarioErrors(t *testing.T) {
	for want, change := range map[string]func(*Scenario){
		"Load is <nil>":                        func(s *Scenario) { s.Load = nil },
		"Partitions is 0":                      func(s *Scenario) { s.Partitions = 0 },
		"Skew is -1":                           func(s *Scenario) { s.Skew = -1 },
		"Duration is 0s":                       func(s *Scenario) { s.Duration = 0 },
		"Duration is 744h0m0s: give at most 5": func(s *Scenario) { s.Duration, s.Partitions = MaxDuration, MaxPartitions },
		"Every is 0s":                          func(s *Scenario) { s.Every = 0 },
		"Phase is 15s":                         func(s *Scenario) { s.Phase = SyncPeriod },
		"Replicas is -1":                       func(s *Scenario) { s.Replicas = -1 },
		"ScaledObject.MinReplicas":             func(s *Scenario) { s.ScaledObject.MinReplicas = -1 },
		"ScaledObject.MaxReplicas":             func(s *Scenario) { s.ScaledObject.MinReplicas = 13 },
		"ScaledObject.PollingInterval":         func(s *Scenario) { s.ScaledObject.PollingInterval = 0 },
		"ScaledObject.Kafka.Lag":               func(s *Scenario) { s.ScaledObject.Kafka.LagThreshold = 0 },
		"ScaledObject.PausedReplicas":          func(s *Scenario) { s.ScaledObject.PausedReplicas = number(MaxReplicas + 1) },
		"Consumers.ServiceTime is 0s":          func(s *Scenario) { s.Consumers.ServiceTime = 0 },
		"Consumers.Concurrency is 0":           func(s *Scenario) { s.Consumers.Concurrency = 0 },
		"Consumers.Batch is -1":                func(s *Scenario) { s.Consumers.Batch = -1 },
		"Consumers.Startup is -1s":             func(s *Scenario) { s.Consumers.Startup = -time.Second },
		"ScaledObject.MaxReplicas is 10001":    func(s *Scenario) { s.ScaledObject.MaxReplicas = MaxReplicas + 1 },
	} {
		s := scenario(t, "1/s")
		change(s)
		if _, err := Simulate(s); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// BenchmarkDay: 24 hours of one function, second by second.
func BenchmarkDay(b *testing.B) {
	s := scenario(b, "day")
	s.Duration = 24 * time.Hour
	for b.Loop() {
		simulate(b, s)
	}
}
