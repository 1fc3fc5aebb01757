// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"sort"
	"strconv"
	"strings"
)

// partitionRanges are partitions as partitionLimitation names them, sorted.
type partitionRanges []partitionRange

type partitionRange struct{ from, to int }

// parsePartitions reads "1,2,10-20" as KEDA does. Ranges downwards name nothing.
func parsePartitions(s string) (partitionRanges, bool) {
	var list partitionRanges
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
			list = append(list, partitionRange{int(a), int(b)})
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].to < list[j].to })
	return list, true
}

// below counts the partitions under a bound, each once.
func (r partitionRanges) below(bound int) int {
	n, done := 0, bound // counted are those from done on
	for i := len(r) - 1; i >= 0; i-- {
		to := min(r[i].to, done-1)
		if r[i].from <= to {
			n += to - r[i].from + 1
			done = r[i].from
		}
	}
	return n
}
