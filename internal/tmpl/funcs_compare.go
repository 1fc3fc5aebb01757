// SPDX-License-Identifier: Apache-2.0

package tmpl

import (
	"errors"
	"fmt"
	"strconv"
)

type basic int

const (
	noBasic basic = iota
	boolBasic
	intBasic
	floatBasic
	stringBasic
)

func basicOf(v any) basic {
	switch v.(type) {
	case bool:
		return boolBasic
	case int, int64:
		return intBasic
	case float64:
		return floatBasic
	case string:
		return stringBasic
	}
	return noBasic
}

func asInt64(v any) int64 {
	if i, ok := v.(int); ok {
		return int64(i)
	}
	return v.(int64)
}

var errBadComparison = errors.New("invalid type for comparison")

func incompatible(a, b any) error {
	return errors.New("incompatible types for comparison: " + typeName(a) + " and " + typeName(b))
}

func equal(a, b any) (bool, error) {
	ka, kb := basicOf(a), basicOf(b)
	if ka != kb {
		if a != nil && b != nil {
			return false, incompatible(a, b)
		}
		return false, nil
	}
	switch ka {
	case boolBasic, floatBasic, stringBasic:
		return a == b, nil
	case intBasic:
		return asInt64(a) == asInt64(b), nil
	}
	if a != nil && b != nil && kindName(a) != kindName(b) {
		return false, fmt.Errorf("non-comparable types %s: %s, %s: %v", a, typeName(a), typeName(b), b)
	}
	an, bn := isNil(a), isNil(b)
	if an || bn {
		return an == bn, nil
	}
	return false, fmt.Errorf("non-comparable type %s: %s", b, typeName(b))
}

func isNil(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case map[string]any:
		return v == nil
	case []any:
		return v == nil
	case []string:
		return v == nil
	case []int:
		return v == nil
	}
	return false
}

func less(a, b any) (bool, error) {
	ka, kb := basicOf(a), basicOf(b)
	switch {
	case ka == noBasic || kb == noBasic:
		return false, errBadComparison
	case ka != kb:
		return false, incompatible(a, b)
	}
	switch ka {
	case intBasic:
		return asInt64(a) < asInt64(b), nil
	case floatBasic:
		return a.(float64) < b.(float64), nil
	case stringBasic:
		return a.(string) < b.(string), nil
	}
	return false, errBadComparison
}

func lessOrEqual(a, b any) (bool, error) {
	if l, err := less(a, b); l || err != nil {
		return l, err
	}
	return equal(a, b)
}

func registerCompare() {
	failing("eq", "aa+", func(a []any) (any, error) {
		if len(a) < 2 {
			return nil, errors.New("missing argument for comparison")
		}
		for _, v := range a[1:] {
			if same, err := equal(a[0], v); same || err != nil {
				return same, err
			}
		}
		return false, nil
	})
	failing("ne", "aa", func(a []any) (any, error) {
		same, err := equal(a[0], a[1])
		return !same, err
	})
	failing("lt", "aa", func(a []any) (any, error) { return less(a[0], a[1]) })
	failing("le", "aa", func(a []any) (any, error) { return lessOrEqual(a[0], a[1]) })
	failing("gt", "aa", func(a []any) (any, error) {
		le, err := lessOrEqual(a[0], a[1])
		return !le, err
	})
	failing("ge", "aa", func(a []any) (any, error) {
		l, err := less(a[0], a[1])
		return !l, err
	})
	failing("len", "v", func(a []any) (any, error) {
		switch v := a[0].(type) {
		case nil:
			return nil, errors.New("reflect: call of reflect.Value.Type on zero Value")
		case *nothing:
			return nil, errors.New("len of nil pointer")
		case string:
			return len(v), nil
		case map[string]any:
			return len(v), nil
		}
		if n, ok := length(a[0]); ok {
			return n, nil
		}
		return nil, errors.New("len of type " + typeName(a[0]))
	})
	failing("index", "aa+", func(a []any) (any, error) {
		item := a[0]
		if item == nil {
			return nil, errors.New("index of untyped nil")
		}
		for _, key := range a[1:] {
			var err error
			if item, err = indexOne(item, key); err != nil {
				return nil, err
			}
		}
		return boxed(item), nil
	})
}

func indexOne(item, key any) (any, error) {
	switch item := item.(type) {
	case nil:
		return nil, errors.New("index of nil pointer")
	case map[string]any:
		if key == nil {
			return nil, errors.New("value is nil; should be of type string")
		}
		k, ok := key.(string)
		if !ok {
			return nil, errors.New("value has type " + typeName(key) + "; should be string")
		}
		return item[k], nil
	}
	n, ok := length(item)
	if s, isString := item.(string); isString {
		n, ok = len(s), true
	}
	if !ok {
		return nil, errors.New("can't index item of type " + typeName(item))
	}
	if key == nil {
		return nil, errors.New("cannot index slice/array with nil")
	}
	if basicOf(key) != intBasic {
		return nil, errors.New("cannot index slice/array with type " + typeName(key))
	}
	i := asInt64(key)
	if i < 0 || i > int64(n) {
		return nil, errors.New("index out of range: " + strconv.FormatInt(i, 10))
	}
	if i == int64(n) {
		// text/template lets the length itself pass, and reflect refuses it.
		if _, isString := item.(string); isString {
			return nil, errors.New("reflect: string index out of range")
		}
		return nil, errors.New("reflect: slice index out of range")
	}
	if s, ok := item.(string); ok {
		return int(s[i]), nil
	}
	return at(item, int(i)), nil
}
