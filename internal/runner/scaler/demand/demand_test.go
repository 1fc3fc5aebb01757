// SPDX-License-Identifier: Apache-2.0

package demand

import "testing"

// at is a partition with a commit, its end and its committed offset.
func at(id int32, end, committed int64) Partition {
	return Partition{ID: id, End: end, Committed: committed}
}

func fresh(id int32, start, end int64) Partition {
	return Partition{ID: id, Start: start, End: end, Committed: None}
}

func TestDemand(t *testing.T) {
	three := []Partition{at(0, 10, 0), at(1, 10, 4), at(2, 10, 10)} // lag 10, 6, 0
	for name, tc := range map[string]struct {
		function   Function
		partitions []Partition
		want       Demand
	}{
		"lag by threshold":        {Function{Threshold: 10}, three, Demand{16, 1.6, true}},
		"no lag":                  {Function{Threshold: 10}, []Partition{at(0, 5, 5)}, Demand{0, 0, false}},
		"capped by partitions":    {Function{Threshold: 1}, three, Demand{16, 3, true}},
		"idle consumers":          {Function{Threshold: 1, AllowIdle: true}, three, Demand{16, 16, true}},
		"capped by maxReplicas":   {Function{Threshold: 1, AllowIdle: true, MaxReplicas: 5}, three, Demand{16, 5, true}},
		"at the activation":       {Function{Threshold: 10, Activation: 16}, three, Demand{16, 1.6, false}},
		"above the activation":    {Function{Threshold: 10, Activation: 15}, three, Demand{16, 1.6, true}},
		"partitions with lag":     {Function{Threshold: 1, OnlyLagging: true}, three, Demand{16, 2, true}},
		"some partitions":         {Function{Threshold: 10, Only: []int32{1, 2}}, three, Demand{6, 0.6, true}},
		"even, one":               {Function{Threshold: 20, Even: true}, three, Demand{16, 1, true}},
		"even, all":               {Function{Threshold: 10, Even: true}, three, Demand{16, 3, true}},
		"even without lag":        {Function{Threshold: 10, Even: true}, []Partition{at(0, 1, 1)}, Demand{}},
		"earliest without commit": {Function{Threshold: 10}, []Partition{fresh(0, 3, 10)}, Demand{7, 0.7, true}},
		"earliest, start unknown": {Function{Threshold: 10}, []Partition{fresh(0, None, 10)}, Demand{10, 1, true}},
		"earliest, nothing there": {Function{Threshold: 10}, []Partition{fresh(0, 10, 10)}, Demand{}},
		"latest without commit":   {Function{Threshold: 10, Latest: true}, []Partition{fresh(0, 3, 10), fresh(1, 0, 0)}, Demand{2, 0.2, true}},
		"no commit is no lag":     {Function{Threshold: 10, ZeroOnInvalid: true}, []Partition{fresh(0, 3, 10)}, Demand{}},
		"topic made anew":         {Function{Threshold: 10}, []Partition{at(0, 2, 9)}, Demand{}},
		"persistent lag": {
			Function{Threshold: 10, ExcludePersistent: true},
			[]Partition{{End: 30, Committed: 10, Still: Stuck}, at(1, 10, 5)},
			Demand{25, 0.5, true},
		},
		"slow is not persistent": {
			Function{Threshold: 10, ExcludePersistent: true},
			[]Partition{{End: 30, Committed: 10, Still: Stuck - 1}},
			Demand{20, 1, true},
		},
		"no partitions": {Function{Threshold: 10}, nil, Demand{}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tc.function.Demand(tc.partitions); got != tc.want {
				t.Errorf("%+v, want %+v", got, tc.want)
			}
		})
	}
}

func TestEven(t *testing.T) {
	for lag, want := range map[int64]int64{0: 0, 1: 1, 10: 1, 11: 2, 21: 3, 31: 4, 41: 6, 61: 12, 1000: 12} {
		if got := even(lag, 10, 12); got != want {
			t.Errorf("lag %d: %d, want %d", lag, got, want)
		}
	}
}

// TestTarget: the metric of one function is its lag; several add up in replicas,
// each within its own limits.
func TestTarget(t *testing.T) {
	lag := map[string][]Partition{
		"a": {at(0, 100, 0), at(1, 100, 0)}, // 200
		"b": {at(0, 30, 0)},
		"c": {at(0, 7, 7)},
	}
	partitions := func(f *Function) []Partition { return lag[f.Topic] }
	one := Target{{Topic: "b", Threshold: 20, AllowIdle: true}}
	if d := one.Demand(partitions); d != (Demand{30, 1.5, true}) || one.Unit() != 20 || one.Metric(d) != 30 {
		t.Errorf("one: %+v, metric %v for each %d", d, one.Metric(d), one.Unit())
	}
	sum := Target{
		{Topic: "a", Threshold: 10},                  // 20, but 2 partitions
		{Topic: "a", Threshold: 100, MaxReplicas: 1}, // 2, at most 1
		{Topic: "b", Threshold: 60},                  // 0.5
		{Topic: "c", Threshold: 1},
	}
	if d := sum.Demand(partitions); d != (Demand{430, 3.5, true}) || sum.Unit() != 1 || sum.Metric(d) != 3.5 {
		t.Errorf("sum: %+v, metric %v for each %d", d, sum.Metric(d), sum.Unit())
	}
	idle := Target{{Topic: "c", Threshold: 1}, {Topic: "b", Threshold: 1, Activation: 30}}
	if d := idle.Demand(partitions); d.Active {
		t.Errorf("no function is active, and the target is: %+v", d)
	}
}
