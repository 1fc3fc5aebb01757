// SPDX-License-Identifier: Apache-2.0

package tmpl

import (
	"errors"
	"slices"
	"sort"
)

// length returns the length of a list.
func length(v any) (int, bool) {
	switch v := v.(type) {
	case []any:
		return len(v), true
	case []string:
		return len(v), true
	case []int:
		return len(v), true
	}
	return 0, false
}

// at returns an element of a list.
func at(v any, i int) any {
	switch v := v.(type) {
	case []any:
		return v[i]
	case []string:
		return v[i]
	}
	return v.([]int)[i]
}

// errNilType is the error of sprig's list functions, which use reflection, for nil.
var errNilType = errors.New("runtime error: invalid memory address or nil pointer dereference")

// items returns a copy of the elements of a list. verb begins the error for other
// types.
func items(v any, verb string) ([]any, error) {
	if v == nil {
		return nil, errNilType
	}
	n, ok := length(v)
	if !ok {
		return nil, errors.New(verb + kindName(v))
	}
	list := make([]any, n, n+1)
	for i := range n {
		list[i] = at(v, i)
	}
	return list, nil
}

func registerLists() {
	list := func(a []any) any { return append([]any{}, a...) }
	pure("list", "a+", list)
	pure("tuple", "a+", list)
	push := func(a []any) (any, error) {
		l, err := items(a[0], "Cannot push on type ")
		return append(l, a[1]), err
	}
	failing("append", "aa", push)
	failing("push", "aa", push)
	failing("prepend", "aa", func(a []any) (any, error) {
		l, err := items(a[0], "Cannot prepend on type ")
		return append([]any{a[1]}, l...), err
	})
	failing("concat", "a+", func(a []any) (any, error) {
		var all []any
		for _, v := range a {
			l, err := items(v, "")
			if err != nil {
				if err != errNilType {
					err = errors.New("Cannot concat type " + err.Error() + " as list")
				}
				return nil, err
			}
			all = append(all, l...)
		}
		return all, nil
	})
	failing("first", "a", func(a []any) (any, error) { return pickOne(a[0], "first", false) })
	failing("last", "a", func(a []any) (any, error) { return pickOne(a[0], "last", true) })
	failing("rest", "a", func(a []any) (any, error) {
		l, err := items(a[0], "Cannot find rest on type ")
		if len(l) == 0 {
			return []any(nil), err
		}
		return l[1:], err
	})
	failing("initial", "a", func(a []any) (any, error) {
		l, err := items(a[0], "Cannot find initial on type ")
		if len(l) == 0 {
			return []any(nil), err
		}
		return l[:len(l)-1], err
	})
	failing("reverse", "a", func(a []any) (any, error) {
		l, err := items(a[0], "Cannot find reverse on type ")
		slices.Reverse(l)
		return l, err
	})
	failing("uniq", "a", func(a []any) (any, error) {
		l, err := items(a[0], "Cannot find uniq on type ")
		seen := []any{}
		for _, v := range l {
			if !contains(seen, v) {
				seen = append(seen, v)
			}
		}
		return seen, err
	})
	failing("compact", "a", func(a []any) (any, error) {
		l, err := items(a[0], "Cannot compact on type ")
		kept := []any{}
		for _, v := range l {
			if !empty(v) {
				kept = append(kept, v)
			}
		}
		return kept, err
	})
	failing("without", "aa+", func(a []any) (any, error) {
		l, err := items(a[0], "Cannot find without on type ")
		kept := []any{}
		for _, v := range l {
			if !contains(a[1:], v) {
				kept = append(kept, v)
			}
		}
		return kept, err
	})
	failing("has", "aa", func(a []any) (any, error) {
		if a[1] == nil {
			return false, nil
		}
		l, err := items(a[1], "Cannot find has on type ")
		return contains(l, a[0]), err
	})
	pure("sortAlpha", "a", func(a []any) any {
		if _, ok := length(a[0]); !ok {
			return []string{text(a[0])}
		}
		// Like sprig, this sorts a []string in place.
		s := stringList(a[0])
		sort.Strings(s)
		return s
	})
}

func pickOne(v any, name string, last bool) (any, error) {
	if v == nil {
		return nil, errNilType
	}
	n, ok := length(v)
	switch {
	case !ok:
		return nil, errors.New("Cannot find " + name + " on type " + kindName(v))
	case n == 0:
		return nil, nil
	case last:
		return at(v, n-1), nil
	}
	return at(v, 0), nil
}

func contains(list []any, v any) bool {
	for _, e := range list {
		if deepEqual(e, v) {
			return true
		}
	}
	return false
}

// deepEqual is reflect.DeepEqual for template values: an int does not equal a float,
// nor a nil list an empty one.
func deepEqual(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) || (a == nil) != (b == nil) {
			return false
		}
		for k, v := range a {
			w, ok := b[k]
			if !ok || !deepEqual(v, w) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		return ok && (a == nil) == (b == nil) && slices.EqualFunc(a, b, deepEqual)
	case []string:
		b, ok := b.([]string)
		return ok && (a == nil) == (b == nil) && slices.Equal(a, b)
	case []int:
		b, ok := b.([]int)
		return ok && (a == nil) == (b == nil) && slices.Equal(a, b)
	case nil, bool, string, int, int64, float64:
		switch b.(type) {
		case nil, bool, string, int, int64, float64:
			return a == b
		}
	}
	return false
}
