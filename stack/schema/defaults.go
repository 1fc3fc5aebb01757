// SPDX-License-Identifier: Apache-2.0

package schema

// table and array are maps and lists of defaults as static data.
type (
	table []struct {
		key   string
		value any
	}
	array []any
)

// Defaults returns the chart's values.yaml as a tree; each call makes a new one.
func Defaults() map[string]any { return defaults.tree() }

func (t table) tree() map[string]any {
	m := make(map[string]any, len(t))
	for _, e := range t {
		m[e.key] = unpacked(e.value)
	}
	return m
}

func unpacked(v any) any {
	switch v := v.(type) {
	case table:
		return v.tree()
	case array:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = unpacked(e)
		}
		return list
	}
	return v
}
