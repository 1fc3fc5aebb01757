// SPDX-License-Identifier: Apache-2.0

package stack

import "sort"

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
