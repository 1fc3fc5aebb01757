// SPDX-License-Identifier: Apache-2.0

package pass

import (
	"sort"
	"strconv"
	"strings"
)

// PartitionRanges are partitions as partitionLimitation names them, sorted.
// PartitionRange is from one partition to another, both included.
type PartitionRanges []PartitionRange

// PartitionRange is from one partition to another, both included.
type PartitionRange struct{ From, To int }

// ParsePartitions reads "1,2,10-20" as KEDA does. Ranges downwards name nothing.
func ParsePartitions(s string) (PartitionRanges, bool) {
	var list PartitionRanges
	for part := range strings.SplitSeq(s, ",") {
		from, to, isRange := strings.Cut(strings.TrimSpace(part), "-")
		a, err := strconv.ParseInt(strings.TrimSpace(from), 10, 32)
		if err != nil || a < 0 {
			return nil, false
		}
		b := a
		if isRange {
			if b, err = strconv.ParseInt(strings.TrimSpace(to), 10, 32); err != nil || b < 0 {
				return nil, false
			}
		}
		if a <= b {
			list = append(list, PartitionRange{int(a), int(b)})
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].To < list[j].To })
	return list, true
}

// Below counts the partitions under a bound, each once.
func (r PartitionRanges) Below(bound int) int {
	n, done := 0, bound // counted are those from done on
	for i := len(r) - 1; i >= 0; i-- {
		to := min(r[i].To, done-1)
		if r[i].From <= to {
			n += to - r[i].From + 1
			done = r[i].From
		}
	}
	return n
}
