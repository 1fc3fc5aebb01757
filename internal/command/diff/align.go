// SPDX-License-Identifier: Apache-2.0

package diff

import "slices"

// gap is a place where two sequences differ: one has a[a:aEnd] where the other has
// b[b:bEnd].
type gap struct{ a, aEnd, b, bEnd int }

// maxCells is the size of the largest table of a comparison. Sequences that need a
// larger one are a single gap.
const maxCells = 4 << 20

// gaps aligns two sequences by a longest common subsequence. gaps(b, a) mirrors
// gaps(a, b), since the lesser sequence always comes first.
func gaps(a, b []string) []gap {
	if slices.Compare(a, b) > 0 {
		list := gaps(b, a)
		for i, g := range list {
			list[i] = gap{g.b, g.bEnd, g.a, g.aEnd}
		}
		return list
	}
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	aEnd, bEnd := len(a), len(b)
	for aEnd > start && bEnd > start && a[aEnd-1] == b[bEnd-1] {
		aEnd, bEnd = aEnd-1, bEnd-1
	}
	if aEnd == start && bEnd == start {
		return nil
	}
	rows, columns := aEnd-start, bEnd-start
	if rows == 0 || columns == 0 || rows > maxCells/columns {
		return []gap{{start, aEnd, start, bEnd}}
	}
	var list []gap
	open := gap{a: start, b: start}
	for _, pair := range common(a[start:aEnd], b[start:bEnd]) {
		open.aEnd, open.bEnd = start+pair[0], start+pair[1]
		if open.aEnd > open.a || open.bEnd > open.b {
			list = append(list, open)
		}
		open = gap{a: open.aEnd + 1, b: open.bEnd + 1}
	}
	if open.a < aEnd || open.b < bEnd {
		open.aEnd, open.bEnd = aEnd, bEnd
		list = append(list, open)
	}
	return list
}

// common returns the pairs of elements of a longest common subsequence.
func common(a, b []string) (pairs [][2]int) {
	width := len(b) + 1
	// length[i*width+j] is the length of that of a[i:] and b[j:].
	length := make([]int32, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				length[i*width+j] = length[(i+1)*width+j+1] + 1
			} else {
				length[i*width+j] = max(length[(i+1)*width+j], length[i*width+j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			pairs = append(pairs, [2]int{i, j})
			i, j = i+1, j+1
		case length[(i+1)*width+j] >= length[i*width+j+1]:
			i++
		default:
			j++
		}
	}
	return pairs
}
