// SPDX-License-Identifier: Apache-2.0

package scaling

import "slices"

// None stands for an offset that is not there.
const None = -1

// Partition is what the brokers know of a partition, for one consumer group.
type Partition struct {
	ID         int32
	Start, End int64 // Start is None when it is not known
	Committed  int64 // None without a commit
}

// Kafka is KEDA's kafka trigger, by the names of its metadata. Its rules are those of
// pkg/scalers/kafka_scaler.go: getLagForPartition, getTotalLag.
type Kafka struct {
	LagThreshold           int64
	ActivationLagThreshold int64
	Latest                 bool    // offsetResetPolicy
	PartitionLimitation    []int32 // nil: all partitions

	AllowIdleConsumers                 bool
	ExcludePersistentLag               bool
	LimitToPartitionsWithLag           bool
	EnsureEvenDistributionOfPartitions bool
	ScaleToZeroOnInvalidOffset         bool
}

// Seen are the committed offsets that a trigger saw when it looked last. KEDA's loop
// and the HPA's queries share them.
type Seen map[int32]int64

// Lag is what a trigger makes of the offsets.
type Lag struct {
	// Total is the lag with persistent lag; it decides about activation.
	Total int64

	// Metric is what the HPA gets: without persistent lag, and capped. As in KEDA,
	// the cap lets one replica too many through when the lag is no multiple of the
	// threshold.
	Metric int64

	// Partitions that count, and how many of them have lag.
	Partitions, Lagging int64

	// Active is whether Total exceeds activationLagThreshold.
	Active bool
}

// Watches says whether a partition counts.
func (k *Kafka) Watches(id int32) bool {
	return k.PartitionLimitation == nil || slices.Contains(k.PartitionLimitation, id)
}

// Lag of a topic's partitions. It updates seen.
func (k *Kafka) Lag(partitions []Partition, seen Seen) Lag {
	var l Lag
	for i := range partitions {
		p := &partitions[i]
		if !k.Watches(p.ID) {
			continue
		}
		l.Partitions++
		lag := k.Of(p)
		l.Total += lag
		if k.ExcludePersistentLag && p.Committed != None {
			before, known := seen[p.ID]
			seen[p.ID] = p.Committed
			if known && before == p.Committed {
				continue
			}
		}
		l.Metric += lag
		if lag > 0 {
			l.Lagging++
		}
	}
	l.Active = l.Total > k.ActivationLagThreshold
	l.Metric = max(0, k.limit(l.Metric, &l))
	return l
}

// Of is the lag of one partition, all of it. It is negative for a topic that was
// created anew below the committed offset.
func (k *Kafka) Of(p *Partition) int64 {
	switch {
	case p.Committed != None:
		return p.End - p.Committed
	case k.ScaleToZeroOnInvalidOffset:
		return 0
	case k.Latest:
		return 1
	case p.Start == None:
		return p.End
	}
	return max(0, p.End-p.Start)
}

// limit caps the lag at what the partitions can use.
func (k *Kafka) limit(lag int64, l *Lag) int64 {
	if k.AllowIdleConsumers && !k.LimitToPartitionsWithLag && !k.EnsureEvenDistributionOfPartitions {
		return lag
	}
	most := l.Partitions
	if k.EnsureEvenDistributionOfPartitions {
		lag = Even(lag, k.LagThreshold, l.Partitions) * k.LagThreshold
	}
	if k.LimitToPartitionsWithLag {
		most = l.Lagging
	}
	if lag/k.LagThreshold > most {
		lag = most * k.LagThreshold
	}
	return lag
}

// Even is the smallest divisor of the partitions with which the lag for each replica
// is at most the threshold, or the partitions.
func Even(lag, threshold, partitions int64) int64 {
	for d := int64(1); d < partitions; d++ {
		if partitions%d == 0 && d*threshold >= lag {
			return d
		}
	}
	return partitions
}
