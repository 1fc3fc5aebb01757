// SPDX-License-Identifier: Apache-2.0

package http

import (
	"maps"
	"slices"
)

// sortedKeys returns the keys in the same order each time.
func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
