// SPDX-License-Identifier: Apache-2.0

package stack

import (
	"slices"
	"sort"
)

// sortedKeys are the keys of one of the maps of this package. It is not
// generic: that would put a copy of it and the whole description of each type,
// tags included, into the plugin.
func sortedKeys(m any) []string {
	var keys []string
	switch m := m.(type) {
	case map[string]any:
		keys = make([]string, 0, len(m))
		for k := range m {
			keys = append(keys, k)
		}
	case map[string]string:
		for k := range m {
			keys = append(keys, k)
		}
	case map[string]bool:
		for k := range m {
			keys = append(keys, k)
		}
	case map[string][]string:
		for k := range m {
			keys = append(keys, k)
		}
	case map[string]Quantity:
		for k := range m {
			keys = append(keys, k)
		}
	case map[string]Function:
		for k := range m {
			keys = append(keys, k)
		}
	case map[string]Workload:
		for k := range m {
			keys = append(keys, k)
		}
	case map[string]Topic:
		for k := range m {
			keys = append(keys, k)
		}
	case map[string]Trigger:
		for k := range m {
			keys = append(keys, k)
		}
	case map[string]Runtime:
		for k := range m {
			keys = append(keys, k)
		}
	case map[string]NodeRuntime:
		for k := range m {
			keys = append(keys, k)
		}
	default:
		panic("stack: sortedKeys does not know the map")
	}
	sort.Strings(keys)
	return keys
}

// firstKeys are the first n of sortedKeys(m), found without sorting the rest.
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
