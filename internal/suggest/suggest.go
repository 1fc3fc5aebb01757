// SPDX-License-Identifier: Apache-2.0

// Package suggest finds what a user probably meant. It is pure and small, for
// use in the sandbox.
package suggest

import "strings"

// Nearest returns the candidate that is most like word, or "" if none is near: at
// most a third of the letters of word, and at most three, may differ. Of equally
// near ones the first wins.
func Nearest(word string, candidates []string) string {
	best, limit := "", max(1, min(3, len(word)/3))+1
	word = strings.ToLower(word)
	var rows rows
	for _, c := range candidates {
		if d := len(c) - len(word); d >= limit || -d >= limit {
			continue // most of them, if there are thousands
		}
		if d := rows.distance(word, strings.ToLower(c), limit); d < limit {
			best, limit = c, d
		}
	}
	return best
}

// rows are three rows of the table of distances: the one before the previous one,
// the previous one and the current one. All candidates share them.
type rows [3][]int

// distance counts the insertions, deletions, replacements and swaps of
// neighbours that turn a into b (optimal string alignment). A result of limit or
// more is not exact.
func (r *rows) distance(a, b string, limit int) int {
	if d := len(a) - len(b); d >= limit || -d >= limit {
		return limit
	}
	for i := range r {
		if len(r[i]) <= len(b) {
			r[i] = make([]int, len(b)+8)
		}
	}
	before, prev, cur := r[0], r[1], r[2]
	for j := range len(b) + 1 {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		least, leastBefore := i, prev[0]
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			leastBefore = min(leastBefore, prev[j])
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
			least = min(least, cur[j])
		}
		// A swap looks back two rows.
		if least >= limit && leastBefore >= limit {
			return limit
		}
		before, prev, cur = prev, cur, before
	}
	return prev[len(b)]
}
