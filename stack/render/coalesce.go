// SPDX-License-Identifier: Apache-2.0

package render

import "maps"

// Helm lays the user's values over the chart's values.yaml by its own rules, and so
// do these functions: maps merge, everything else is replaced, and null removes a
// default. They change dst and src.

// coalesce lays values over the chart's defaults. Subcharts are the names of
// charts that have a section of their own, in which null stays and which gets
// a copy of `global`.
func coalesce(values, defaults map[string]any, subcharts []string) map[string]any {
	isSubchart := make(map[string]bool, len(subcharts))
	for _, name := range subcharts {
		isSubchart[name] = true
	}
	for key, def := range defaults {
		value, given := values[key]
		if !given {
			if def == nil {
				continue
			}
			if table, ok := def.(map[string]any); ok {
				dropNulls(table)
			}
			values[key] = def
			continue
		}
		if value == nil {
			delete(values, key)
			continue
		}
		dst, ok := value.(map[string]any)
		if !ok {
			continue
		}
		if src, ok := def.(map[string]any); ok {
			keepNulls := isSubchart[key]
			if !keepNulls {
				dropNulls(src)
			}
			coalesceTables(dst, src, keepNulls)
		}
	}
	for _, name := range subcharts {
		section, given := values[name]
		if !given {
			section = map[string]any{}
			values[name] = section
		}
		if table, ok := section.(map[string]any); ok {
			copyGlobals(table, values)
			// The subchart's own defaults are not known here, but Helm lays them
			// under the section, and that drops its nulls.
		}
	}
	return values
}

// coalesceTables lays dst over src, which has the defaults.
func coalesceTables(dst, src map[string]any, keepNulls bool) {
	for key, def := range src {
		value, given := dst[key]
		switch {
		case given && value == nil && def != nil && !keepNulls:
			delete(dst, key)
		case !given:
			dst[key] = def
		default:
			d, ok := value.(map[string]any)
			if s, isTable := def.(map[string]any); ok && isTable {
				coalesceTables(d, s, keepNulls)
			}
		}
	}
}

// dropNulls removes what is null in a chart's defaults.
func dropNulls(m map[string]any) {
	for k, v := range m {
		if v == nil {
			delete(m, k)
		} else if table, ok := v.(map[string]any); ok {
			dropNulls(table)
		}
	}
}

// copyGlobals gives a subchart's section the parent's `global`, which wins.
func copyGlobals(section, parent map[string]any) {
	own := map[string]any{}
	if g, given := section["global"]; given {
		table, ok := g.(map[string]any)
		if !ok {
			return
		}
		own = table
	}
	global := map[string]any{}
	if g, given := parent["global"]; given {
		table, ok := g.(map[string]any)
		if !ok {
			return
		}
		global = table
	}
	for key, v := range global {
		table, ok := v.(map[string]any)
		if !ok {
			if _, isTable := own[key].(map[string]any); !isTable {
				own[key] = v
			}
			continue
		}
		top := make(map[string]any, len(table))
		for k, e := range table {
			top[k] = e
		}
		old, given := own[key]
		if !given {
			own[key] = top
		} else if oldTable, ok := old.(map[string]any); ok {
			coalesceTables(top, oldTable, true)
			own[key] = top
		}
	}
	section["global"] = own
}

// cloneTree copies a tree; maps.Clone copies groups of entries without hashing.
func cloneTree(m map[string]any) map[string]any {
	out := maps.Clone(m)
	for k, v := range out {
		switch v := v.(type) {
		case map[string]any:
			out[k] = cloneTree(v)
		case []any:
			out[k] = cloneList(v)
		}
	}
	return out
}

func cloneList(l []any) []any {
	out := make([]any, len(l))
	for i, v := range l {
		switch v := v.(type) {
		case map[string]any:
			out[i] = cloneTree(v)
		case []any:
			out[i] = cloneList(v)
		default:
			out[i] = v
		}
	}
	return out
}
