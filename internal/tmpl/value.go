// SPDX-License-Identifier: Apache-2.0

package tmpl

import (
	"fmt"
	"strconv"
)

// Go's templates have two kinds of nothing: no value at all, and an interface that is
// nil, which a missing key gives. A field of the first is nothing again; a field of
// the second is an error. Here the first is nil and the second is null. Functions
// get nil for both.
type nothing struct{ _ byte }

var (
	null any = &nothing{}
	// absent means that a pipeline adds no argument.
	absent any = &nothing{}
)

// plain turns null into nil.
func plain(v any) any {
	if v == null {
		return nil
	}
	return v
}

// boxed returns a value that comes out of a map or list: null in place of nil.
func boxed(v any) any {
	if v == nil {
		return null
	}
	return v
}

func truth(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case map[string]any:
		return len(v) > 0
	case []any:
		return len(v) > 0
	case []string:
		return len(v) > 0
	case []int:
		return len(v) > 0
	case int:
		return v != 0
	case int64:
		return v != 0
	case float64:
		return v != 0
	case *nothing:
		return false
	}
	return true
}

// typeName formats the type of a value like %T.
func typeName(v any) string {
	switch v := v.(type) {
	case nil:
		return "<nil>"
	case *nothing:
		return "interface {}"
	case bool:
		return "bool"
	case string:
		return "string"
	case int:
		return "int"
	case int64:
		return "int64"
	case float64:
		return "float64"
	case map[string]any:
		return "map[string]interface {}"
	case []any:
		return "[]interface {}"
	case []string:
		return "[]string"
	case []int:
		return "[]int"
	case Object:
		return v.TypeName()
	}
	return fmt.Sprintf("%T", v)
}

// kindName returns the name of the Kind of a value, as in package reflect.
func kindName(v any) string {
	switch v := v.(type) {
	case nil, *nothing:
		return "invalid"
	case bool, string, int, int64, float64:
		return typeName(v)
	case map[string]any:
		return "map"
	case []any, []string, []int:
		return "slice"
	}
	return "struct"
}

// text formats a value like %v.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case nil, *nothing:
		return "<nil>"
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return string(appendFloat(nil, v))
	}
	return fmt.Sprint(v)
}

// appendFloat formats a float like %v, including the surprising 1e+06.
func appendFloat(dst []byte, f float64) []byte {
	return strconv.AppendFloat(dst, f, 'g', -1, 64)
}

// appendPrinted appends what {{ v }} prints.
func appendPrinted(dst []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return append(dst, v...)
	case nil, *nothing:
		return append(dst, noValue...)
	case bool:
		return strconv.AppendBool(dst, v)
	case int:
		return strconv.AppendInt(dst, int64(v), 10)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case float64:
		return appendFloat(dst, v)
	}
	return append(dst, fmt.Sprint(v)...)
}
