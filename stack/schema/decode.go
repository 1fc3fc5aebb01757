// SPDX-License-Identifier: Apache-2.0

package schema

import (
	"maps"
	"strconv"
)

// The generated decoders lay a tree over a typed value that already has the
// defaults: maps merge, null removes a default, anything else replaces. A value of
// the wrong type leaves what is there; Validate reports it.

func decodeMap[T any](v any, o *map[string]T, to func(any) (T, bool)) {
	m, ok := v.(map[string]any)
	if !ok {
		if v == nil {
			*o = nil
		}
		return
	}
	out := make(map[string]T, len(m)+len(*o))
	maps.Copy(out, *o)
	for k, e := range m {
		if e == nil {
			delete(out, k)
		} else if t, ok := to(e); ok {
			out[k] = t
		}
	}
	*o = out
}

func decodeList[T any](v any, o *[]T, to func(any) (T, bool)) {
	l, ok := v.([]any)
	if !ok {
		if v == nil {
			*o = nil
		}
		return
	}
	out := make([]T, 0, len(l))
	for _, e := range l {
		if t, ok := to(e); ok {
			out = append(out, t)
		}
	}
	*o = out
}

func decodeScalar[T any](v any, o *T, to func(any) (T, bool)) {
	if v == nil {
		var zero T
		*o = zero
	} else if t, ok := to(v); ok {
		*o = t
	}
}

func decodePointer[T any](v any, o **T, to func(any) (T, bool)) {
	if v == nil {
		*o = nil
	} else if t, ok := to(v); ok {
		*o = &t
	}
}

// ToAny accepts every value.
func ToAny(v any) (any, bool) { return v, true }

// ToString accepts text.
func ToString(v any) (string, bool) {
	s, ok := v.(string)
	return s, ok
}

// ToBoolean accepts true and false.
func ToBoolean(v any) (bool, bool) {
	b, ok := v.(bool)
	return b, ok
}

// ToInteger accepts a whole number, in each of the forms in which a Document has
// numbers.
func ToInteger(v any) (int, bool) {
	switch v := v.(type) {
	case float64:
		// Beyond 2^53 a float64 is not exactly what the file said.
		if v >= -1<<53 && v <= 1<<53 && v == float64(int64(v)) {
			return int(v), true
		}
	case int64:
		return int(v), true
	}
	return 0, false
}

// ToQuantity accepts a quantity as text, or a number.
func ToQuantity(v any) (Quantity, bool) {
	switch v := v.(type) {
	case string:
		return Quantity(v), true
	case float64:
		return Quantity(strconv.FormatFloat(v, 'f', -1, 64)), true
	case int64:
		return Quantity(strconv.FormatInt(v, 10)), true
	}
	return "", false
}
