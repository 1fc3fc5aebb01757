// SPDX-License-Identifier: Apache-2.0

package tmpl

import (
	"errors"
	"math"
	"strconv"
)

// toInt64 is cast.ToInt64: what is not a number becomes 0.
func toInt64(v any) int64 {
	switch v := v.(type) {
	case int:
		return int64(v)
	case int64:
		return v
	case float64:
		// Go leaves this undefined. On amd64, values out of range become the
		// smallest int.
		if v != v || v >= 1<<63 || v < -1<<63 {
			return math.MinInt64
		}
		return int64(v)
	case bool:
		if v {
			return 1
		}
	case string:
		n, err := strconv.ParseInt(trimZeroDecimal(v), 0, 0)
		if err == nil {
			return n
		}
	}
	return 0
}

func toFloat64(v any) float64 {
	switch v := v.(type) {
	case int:
		return float64(v)
	case int64:
		return float64(v)
	case float64:
		return v
	case bool:
		if v {
			return 1
		}
	case string:
		f, err := strconv.ParseFloat(v, 64)
		if err == nil {
			return f
		}
	}
	return 0
}

// trimZeroDecimal removes ".00" from the end.
func trimZeroDecimal(s string) string {
	zero := false
	for i := len(s); i > 0; i-- {
		switch s[i-1] {
		case '.':
			if zero {
				return s[:i-1]
			}
		case '0':
			zero = true
		default:
			return s
		}
	}
	return s
}

var errDivide = errors.New("runtime error: integer divide by zero")

func registerNumbers() {
	pure("int", "a", func(a []any) any { return int(toInt64(a[0])) })
	pure("int64", "a", func(a []any) any { return toInt64(a[0]) })
	pure("float64", "a", func(a []any) any { return toFloat64(a[0]) })
	pure("atoi", "s", func(a []any) any { n, _ := strconv.Atoi(a[0].(string)); return n })
	pure("floor", "a", func(a []any) any { return math.Floor(toFloat64(a[0])) })
	pure("ceil", "a", func(a []any) any { return math.Ceil(toFloat64(a[0])) })
	pure("add1", "a", func(a []any) any { return toInt64(a[0]) + 1 })
	pure("add", "a+", func(a []any) any {
		var sum int64
		for _, v := range a {
			sum += toInt64(v)
		}
		return sum
	})
	pure("sub", "aa", func(a []any) any { return toInt64(a[0]) - toInt64(a[1]) })
	pure("mul", "aa+", func(a []any) any {
		product := toInt64(a[0])
		for _, v := range a[1:] {
			product *= toInt64(v)
		}
		return product
	})
	failing("div", "aa", func(a []any) (any, error) {
		d := toInt64(a[1])
		if d == 0 {
			return nil, errDivide
		}
		return toInt64(a[0]) / d, nil
	})
	failing("mod", "aa", func(a []any) (any, error) {
		d := toInt64(a[1])
		if d == 0 {
			return nil, errDivide
		}
		return toInt64(a[0]) % d, nil
	})
	pure("max", "aa+", func(a []any) any {
		n := toInt64(a[0])
		for _, v := range a[1:] {
			n = max(n, toInt64(v))
		}
		return n
	})
	pure("min", "aa+", func(a []any) any {
		n := toInt64(a[0])
		for _, v := range a[1:] {
			n = min(n, toInt64(v))
		}
		return n
	})
	failing("until", "i", func(a []any) (any, error) {
		n := a[0].(int)
		if n > maxUntil || n < -maxUntil {
			return nil, errors.New("until makes lists of up to 10000000 numbers")
		}
		list := []int{}
		for i := range max(n, -n) {
			if n < 0 {
				i = -i
			}
			list = append(list, i)
		}
		return list, nil
	})
}

const maxUntil = 10_000_000
