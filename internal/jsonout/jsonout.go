// SPDX-License-Identifier: Apache-2.0

// Package jsonout writes values of this project's types as encoding/json does,
// which would be a fortieth of the plugin. It knows structs with their tags
// (name, omitempty, embedding), pointers, lists, maps with text as keys, text,
// numbers without fractions and booleans: what reports and images are made of. It
// is pure.
package jsonout

import (
	"reflect"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Append writes a value in one line, as json.Marshal does.
func Append(dst []byte, v any) []byte { return value(dst, reflect.ValueOf(v), true) }

// AppendIndent writes a value in lines, as an encoder does that indents by two
// spaces and does not escape for HTML, with the final line break.
func AppendIndent(dst []byte, v any) []byte {
	return append(Indent(dst, value(nil, reflect.ValueOf(v), false)), '\n')
}

func value(dst []byte, v reflect.Value, html bool) []byte {
	switch v.Kind() {
	case reflect.String:
		return text(dst, v.String(), html)
	case reflect.Bool:
		return strconv.AppendBool(dst, v.Bool())
	case reflect.Int, reflect.Int64, reflect.Int32, reflect.Int16, reflect.Int8:
		return strconv.AppendInt(dst, v.Int(), 10)
	case reflect.Uint, reflect.Uint64, reflect.Uint32, reflect.Uint16, reflect.Uint8:
		return strconv.AppendUint(dst, v.Uint(), 10)
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return value(dst, v.Elem(), html)
		}
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.IsNil() {
			break
		}
		dst = append(dst, '[')
		for i := range v.Len() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = value(dst, v.Index(i), html)
		}
		return append(dst, ']')
	case reflect.Map:
		if !v.IsNil() {
			return mapping(dst, v, html)
		}
	case reflect.Struct:
		dst = append(dst, '{')
		dst, _ = fields(dst, v, true, html)
		return append(dst, '}')
	case reflect.Invalid:
	default:
		panic("no JSON for " + v.Type().String())
	}
	return append(dst, "null"...)
}

// mapping writes a map, sorted by its keys.
func mapping(dst []byte, v reflect.Value, html bool) []byte {
	keys := v.MapKeys()
	sort.Slice(keys, func(i, j int) bool { return keys[i].String() < keys[j].String() })
	dst = append(dst, '{')
	for i, key := range keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(text(dst, key.String(), html), ':')
		dst = value(dst, v.MapIndex(key), html)
	}
	return append(dst, '}')
}

// fields writes the fields of a struct, and of those embedded in it.
func fields(dst []byte, v reflect.Value, first, html bool) ([]byte, bool) {
	t := v.Type()
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			below := v.Field(i)
			if below.Kind() == reflect.Pointer {
				below = below.Elem()
			}
			dst, first = fields(dst, below, first, html)
			continue
		case !f.IsExported() || name == "-" || options == "omitempty" && empty(v.Field(i)):
			continue
		case name == "":
			name = f.Name
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(text(dst, name, html), ':')
		dst = value(dst, v.Field(i), html)
	}
	return dst, first
}

// empty is what omitempty leaves out.
func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map, reflect.String, reflect.Array:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

// text writes a quoted string.
func text(dst []byte, s string, html bool) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\r':
			dst = append(dst, `\r`...)
		case r == '\t':
			dst = append(dst, `\t`...)
		case r == '\b':
			dst = append(dst, `\b`...)
		case r == '\f':
			dst = append(dst, `\f`...)
		case r < ' ' || html && (r == '<' || r == '>' || r == '&') || r == '\u2028' || r == '\u2029':
			dst = append(dst, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
		case r == utf8.RuneError:
			// Also for a byte that is no UTF-8.
			dst = append(dst, `\ufffd`...)
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return append(dst, '"')
}

// Indent writes JSON in lines, as json.Indent does with two spaces.
func Indent(dst, src []byte) []byte {
	depth := 0
	line := func() {
		dst = append(dst, '\n')
		for range depth {
			dst = append(dst, "  "...)
		}
	}
	for i := 0; i < len(src); i++ {
		switch c := src[i]; c {
		case ' ', '\n', '\t', '\r':
		case '"':
			start := i
			for i++; src[i] != '"'; i++ {
				if src[i] == '\\' {
					i++
				}
			}
			dst = append(dst, src[start:i+1]...)
		case '{', '[':
			dst = append(dst, c)
			if next := src[i+1]; next == '}' || next == ']' {
				i++
				dst = append(dst, next)
				continue
			}
			depth++
			line()
		case '}', ']':
			depth--
			line()
			dst = append(dst, c)
		case ',':
			dst = append(dst, c)
			line()
		case ':':
			dst = append(dst, ": "...)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
