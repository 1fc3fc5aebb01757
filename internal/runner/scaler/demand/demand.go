// SPDX-License-Identifier: Apache-2.0

// Package demand says how many replicas the lag of functions asks for, by the
// rules of KEDA's kafka scaler. Pure: facts about partitions in, numbers out.
package demand

import (
	"slices"

	"github.com/helm-wasm/helm-wasm/scaling"
)

// None stands for an offset that is not there.
const None = scaling.None

// Stuck is the number of looks in a row that find the same committed offset
// before a partition's lag counts as persistent.
const Stuck = 10

// Partition is what the brokers know of a partition, for one consumer group.
type Partition struct {
	ID        int32
	Start     int64 // None when it is not known
	End       int64
	Committed int64 // None without a commit
	Still     int   // looks in a row that found Committed where it was
}

// Function is a consumer group on a topic, with what KEDA's trigger says of it.
type Function struct {
	Topic       string
	Group       string
	Threshold   int64 // lag that one replica is meant to have
	Activation  int64 // lag to exceed to be active
	MaxReplicas int64 // 0: no more limit than the partitions
	Latest      bool  // offsetResetPolicy
	Only        []int32

	AllowIdle         bool // more replicas than partitions
	ExcludePersistent bool
	OnlyLagging       bool // at most a replica for each partition with lag
	Even              bool // as many replicas as divide the partitions
	ZeroOnInvalid     bool // no commit is no lag
}

// Demand is what a function, or several, ask for.
type Demand struct {
	Lag      int64   // all of it, persistent lag included
	Replicas float64 // capped
	Active   bool
}

// Watches says whether a partition counts.
func (f *Function) Watches(id int32) bool { return f.Only == nil || slices.Contains(f.Only, id) }

// Demand of the function, given the partitions of its topic.
func (f *Function) Demand(partitions []Partition) Demand {
	var all, counted, lagging, considered int64
	for _, p := range partitions {
		if !f.Watches(p.ID) {
			continue
		}
		considered++
		lag := f.lag(p)
		all += lag
		if f.ExcludePersistent && p.Committed != None && p.Still >= Stuck {
			continue
		}
		counted += lag
		if lag > 0 {
			lagging++
		}
	}
	return Demand{Lag: max(0, all), Replicas: f.replicas(max(0, counted), lagging, considered), Active: all > f.Activation}
}

func (f *Function) lag(p Partition) int64 {
	k := scaling.Kafka{Latest: f.Latest, ScaleToZeroOnInvalidOffset: f.ZeroOnInvalid}
	return k.Of(&scaling.Partition{Start: p.Start, End: p.End, Committed: p.Committed})
}

func (f *Function) replicas(lag, lagging, partitions int64) float64 {
	wanted := float64(lag) / float64(f.Threshold)
	if f.Even {
		wanted = float64(even(lag, f.Threshold, partitions))
	}
	most := partitions
	if f.OnlyLagging {
		most = lagging
	}
	if !f.AllowIdle || f.OnlyLagging || f.Even {
		wanted = min(wanted, float64(most))
	}
	if f.MaxReplicas > 0 {
		wanted = min(wanted, float64(f.MaxReplicas))
	}
	return wanted
}

// even is a divisor of the partitions, or nothing without lag.
func even(lag, threshold, partitions int64) int64 {
	if lag == 0 {
		return 0
	}
	return scaling.Even(lag, threshold, partitions)
}

// Target is what KEDA scales: one function, or the sum of several.
type Target []Function

// Unit is the metric's target for each replica. One function's metric is its
// lag, as KEDA's own scaler has it; a sum is in replicas.
func (t Target) Unit() int64 {
	if len(t) == 1 {
		return t[0].Threshold
	}
	return 1
}

// Metric is the value for the HPA.
func (t Target) Metric(d Demand) float64 { return d.Replicas * float64(t.Unit()) }

// Demand is the sum over the target's functions, active when one of them is.
// partitions gives what is known of a function's topic.
func (t Target) Demand(partitions func(*Function) []Partition) Demand {
	var sum Demand
	for i := range t {
		d := t[i].Demand(partitions(&t[i]))
		sum.Lag += d.Lag
		sum.Replicas += d.Replicas
		sum.Active = sum.Active || d.Active
	}
	return sum
}
