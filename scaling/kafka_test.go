// SPDX-License-Identifier: Apache-2.0

package scaling

import "testing"

// at is a partition with a commit.
func at(id int32, end, committed int64) Partition { return Partition{id, 0, end, committed} }

func fresh(id int32, start, end int64) Partition { return Partition{id, start, end, None} }

// equal partitions with a lag that is spread over them.
func equal(partitions int, lag int64) []Partition {
	list := make([]Partition, partitions)
	for i := range list {
		share := lag / int64(partitions)
		if int64(i) < lag%int64(partitions) {
			share++
		}
		list[i] = at(int32(i), share, 0)
	}
	return list
}

func TestLag(t *testing.T) {
	three := []Partition{at(0, 10, 0), at(1, 10, 4), at(2, 10, 10)} // lag 10, 6, 0
	for name, tc := range map[string]struct {
		kafka      Kafka
		partitions []Partition
		total      int64
		metric     int64
		active     bool
	}{
		"lag":                     {Kafka{LagThreshold: 10}, three, 16, 16, true},
		"no lag":                  {Kafka{LagThreshold: 10}, equal(3, 0), 0, 0, false},
		"one too many":            {Kafka{LagThreshold: 5}, equal(5, 29), 29, 29, true},
		"capped":                  {Kafka{LagThreshold: 10}, equal(24, 1e6), 1e6, 240, true},
		"idle consumers":          {Kafka{LagThreshold: 1, AllowIdleConsumers: true}, three, 16, 16, true},
		"at the activation":       {Kafka{LagThreshold: 10, ActivationLagThreshold: 16}, three, 16, 16, false},
		"above the activation":    {Kafka{LagThreshold: 10, ActivationLagThreshold: 15}, three, 16, 16, true},
		"partitions with lag":     {Kafka{LagThreshold: 1, LimitToPartitionsWithLag: true}, three, 16, 2, true},
		"some partitions":         {Kafka{LagThreshold: 10, PartitionLimitation: []int32{1, 2}}, three, 6, 6, true},
		"latest, never committed": {Kafka{LagThreshold: 10, Latest: true}, []Partition{fresh(0, 0, 9), fresh(1, 0, 0), fresh(2, 0, 0)}, 3, 3, true},
		"earliest":                {Kafka{LagThreshold: 10}, []Partition{fresh(0, 3, 10)}, 7, 7, true},
		"earliest, start unknown": {Kafka{LagThreshold: 10}, []Partition{fresh(0, None, 10)}, 10, 10, true},
		"no commit is no lag":     {Kafka{LagThreshold: 10, ScaleToZeroOnInvalidOffset: true}, []Partition{fresh(0, 3, 10)}, 0, 0, false},
		"created anew":            {Kafka{LagThreshold: 10}, []Partition{at(0, 2, 9)}, -7, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			l := tc.kafka.Lag(tc.partitions, Seen{})
			if l.Total != tc.total || l.Metric != tc.metric || l.Active != tc.active {
				t.Errorf("%+v; want %d, %d, %v", l, tc.total, tc.metric, tc.active)
			}
		})
	}
}

// TestEven: 10 partitions, threshold 10.
func TestEven(t *testing.T) {
	k := Kafka{LagThreshold: 10, EnsureEvenDistributionOfPartitions: true}
	for lag, want := range map[int64]int64{0: 1, 1: 1, 10: 1, 11: 2, 20: 2, 21: 5, 50: 5, 51: 10, 1000: 10} {
		if got := k.Lag(equal(10, lag), Seen{}).Metric; got != want*10 {
			t.Errorf("lag %d: metric %d, want %d", lag, got, want*10)
		}
	}
}

// TestPersistentLag: a commit that two looks in a row find is not counted in the
// metric, and still decides about activation.
func TestPersistentLag(t *testing.T) {
	k, seen := Kafka{LagThreshold: 100, ExcludePersistentLag: true}, Seen{}
	for i, tc := range []struct{ end, committed, metric int64 }{
		{30, 10, 20}, {40, 10, 0}, {40, 20, 20}, {40, 20, 0},
	} {
		l := k.Lag([]Partition{at(0, tc.end, tc.committed)}, seen)
		if l.Metric != tc.metric || l.Total != tc.end-tc.committed || !l.Active {
			t.Errorf("look %d: %+v, want metric %d", i, l, tc.metric)
		}
	}
}
