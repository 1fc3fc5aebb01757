// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"slices"
	"sort"
)

// firstKeys are the first n of slices.Sorted(maps.Keys(m)), found without sorting the rest.
func firstKeys(m map[string]any, n int) []string {
	first := make([]string, 0, n+1)
	for k := range m {
		if len(first) == n {
			if k > first[n-1] {
				continue
			}
			first = first[:n-1]
		}
		first = slices.Insert(first, sort.SearchStrings(first, k), k)
	}
	return first
}
