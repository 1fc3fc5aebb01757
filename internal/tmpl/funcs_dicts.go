// SPDX-License-Identifier: Apache-2.0

package tmpl

import (
	"errors"
	"maps"
	"slices"
)

var errNilMap = errors.New("assignment to entry in nil map")

func registerDicts() {
	pure("dict", "a+", func(a []any) any {
		d := make(map[string]any, len(a)/2)
		for i := 0; i < len(a); i += 2 {
			key := text(a[i])
			if i+1 >= len(a) {
				d[key] = ""
				break
			}
			d[key] = a[i+1]
		}
		return d
	})
	pure("get", "ms", func(a []any) any {
		if v, ok := a[0].(map[string]any)[a[1].(string)]; ok {
			return v
		}
		return ""
	})
	failing("set", "msa", func(a []any) (any, error) {
		m := a[0].(map[string]any)
		if m == nil {
			return nil, errNilMap
		}
		m[a[1].(string)] = a[2]
		return m, nil
	})
	pure("unset", "ms", func(a []any) any {
		m := a[0].(map[string]any)
		delete(m, a[1].(string))
		return m
	})
	pure("hasKey", "ms", func(a []any) any {
		_, ok := a[0].(map[string]any)[a[1].(string)]
		return ok
	})
	// Sprig returns keys and values in Go's random order. Here they are sorted.
	pure("keys", "m+", func(a []any) any {
		keys := []string{}
		for _, m := range a {
			keys = append(keys, slices.Sorted(maps.Keys(m.(map[string]any)))...)
		}
		return keys
	})
	pure("values", "m", func(a []any) any {
		m := a[0].(map[string]any)
		list := []any{}
		for _, k := range slices.Sorted(maps.Keys(m)) {
			list = append(list, m[k])
		}
		return list
	})
	pure("pick", "ms+", func(a []any) any {
		m := a[0].(map[string]any)
		picked := map[string]any{}
		for _, k := range a[1:] {
			if v, ok := m[k.(string)]; ok {
				picked[k.(string)] = v
			}
		}
		return picked
	})
	pure("omit", "ms+", func(a []any) any {
		kept := map[string]any{}
		for k, v := range a[0].(map[string]any) {
			if !slices.Contains(a[1:], any(k)) {
				kept[k] = v
			}
		}
		return kept
	})
	failing("dig", "a+", dig)
	failing("deepCopy", "a", func(a []any) (any, error) {
		if a[0] == nil {
			return nil, errors.New("reflect: call of reflect.Value.Type on zero Value")
		}
		return deepCopy(a[0]), nil
	})
	pure("merge", "mm+", func(a []any) any { return mergeAll(a, false) })
	pure("mergeOverwrite", "mm+", func(a []any) any { return mergeAll(a, true) })
}

func dig(a []any) (any, error) {
	if len(a) < 3 {
		return nil, errors.New("dig needs at least three arguments")
	}
	var v any = a[len(a)-1]
	for _, k := range a[:len(a)-2] {
		key, ok := k.(string)
		if !ok {
			return nil, errors.New("interface conversion: interface {} is " + conversionName(k) + ", not string")
		}
		m, ok := v.(map[string]any)
		if !ok {
			return nil, errors.New("interface conversion: interface {} is " + conversionName(v) + ", not map[string]interface {}")
		}
		if v, ok = m[key]; !ok {
			return a[len(a)-2], nil
		}
	}
	return v, nil
}

func conversionName(v any) string {
	if v == nil {
		return "nil"
	}
	return typeName(v)
}

func deepCopy(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if v == nil {
			return v
		}
		// Clone copies whole groups of entries, without hashing.
		m := maps.Clone(v)
		for k, e := range m {
			switch e.(type) {
			case map[string]any, []any, []string, []int:
				m[k] = deepCopy(e)
			}
		}
		return m
	case []any:
		if v == nil {
			return v
		}
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = deepCopy(e)
		}
		return list
	case []string:
		return slices.Clone(v)
	case []int:
		return slices.Clone(v)
	}
	return v
}

func mergeAll(a []any, overwrite bool) map[string]any {
	dst := a[0].(map[string]any)
	for _, src := range a[1:] {
		src := src.(map[string]any)
		if dst == nil && src != nil {
			dst = map[string]any{}
		}
		merge(dst, src, overwrite)
	}
	return dst
}

// merge does what mergo does for sprig: without overwrite, src supplies what is
// missing or empty in dst; with it, src wins. Maps are merged, lists are replaced,
// and nothing is copied.
func merge(dst, src map[string]any, overwrite bool) {
	for k, s := range src {
		if s == nil {
			if overwrite {
				dst[k] = nil
			}
			continue
		}
		d := dst[k]
		if sm, ok := s.(map[string]any); ok {
			if dm, ok := d.(map[string]any); ok {
				if dm != nil {
					merge(dm, sm, overwrite)
				}
				if len(dm) > 0 {
					continue
				}
			}
		}
		if overwrite || empty(d) {
			dst[k] = s
		}
	}
}
