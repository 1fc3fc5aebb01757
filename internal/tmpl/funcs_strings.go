// SPDX-License-Identifier: Apache-2.0

package tmpl

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

func registerStrings() {
	pure("print", "a+", func(a []any) any { return fmt.Sprint(a...) })
	pure("println", "a+", func(a []any) any { return fmt.Sprintln(a...) })
	pure("printf", "sa+", func(a []any) any { return sprintf(a[0].(string), a[1:]) })
	pure("quote", "a+", func(a []any) any {
		if len(a) == 1 {
			if s, ok := a[0].(string); ok {
				return quoteString(s)
			}
		}
		parts := make([]string, 0, len(a))
		for _, v := range a {
			if v != nil {
				parts = append(parts, quoteString(text(v)))
			}
		}
		return strings.Join(parts, " ")
	})
	pure("squote", "a+", func(a []any) any {
		parts := make([]string, 0, len(a))
		for _, v := range a {
			if v != nil {
				parts = append(parts, "'"+text(v)+"'")
			}
		}
		return strings.Join(parts, " ")
	})
	pure("toString", "a", func(a []any) any { return text(a[0]) })
	pure("trim", "s", func(a []any) any { return strings.TrimSpace(a[0].(string)) })
	pure("upper", "s", func(a []any) any { return strings.ToUpper(a[0].(string)) })
	pure("lower", "s", func(a []any) any { return strings.ToLower(a[0].(string)) })
	pure("trimAll", "ss", func(a []any) any { return strings.Trim(a[1].(string), a[0].(string)) })
	pure("trimSuffix", "ss", func(a []any) any { return strings.TrimSuffix(a[1].(string), a[0].(string)) })
	pure("trimPrefix", "ss", func(a []any) any { return strings.TrimPrefix(a[1].(string), a[0].(string)) })
	pure("contains", "ss", func(a []any) any { return strings.Contains(a[1].(string), a[0].(string)) })
	pure("hasPrefix", "ss", func(a []any) any { return strings.HasPrefix(a[1].(string), a[0].(string)) })
	pure("hasSuffix", "ss", func(a []any) any { return strings.HasSuffix(a[1].(string), a[0].(string)) })
	pure("replace", "sss", func(a []any) any {
		return strings.ReplaceAll(a[2].(string), a[0].(string), a[1].(string))
	})
	pure("trunc", "is", func(a []any) any {
		n, s := a[0].(int), a[1].(string)
		if n < 0 && len(s)+n > 0 {
			return s[len(s)+n:]
		}
		if n >= 0 && len(s) > n {
			return s[:n]
		}
		return s
	})
	failing("repeat", "is", func(a []any) (any, error) { return repeat(a[1].(string), a[0].(int)) })
	failing("indent", "is", func(a []any) (any, error) { return indent(a[0].(int), a[1].(string)) })
	failing("nindent", "is", func(a []any) (any, error) {
		s, err := indent(a[0].(int), a[1].(string))
		return "\n" + s, err
	})
	pure("splitList", "ss", func(a []any) any { return strings.Split(a[1].(string), a[0].(string)) })
	pure("join", "sa", func(a []any) any { return strings.Join(stringList(a[1]), a[0].(string)) })
	pure("toStrings", "a", func(a []any) any { return stringList(a[0]) })
}

// maxRepeat is how many bytes one call may produce, so that it cannot fill the memory
// of the sandbox.
const maxRepeat = 64 << 20

func repeat(s string, n int) (string, error) {
	if n < 0 {
		return "", errors.New("strings: negative Repeat count")
	}
	if len(s) > 0 && n > maxRepeat/len(s) {
		return "", errors.New("the repeated text is larger than 64 MiB")
	}
	return strings.Repeat(s, n), nil
}

func indent(width int, s string) (string, error) {
	if width < 0 || width > maxRepeat {
		return repeat(" ", width)
	}
	return string(appendIndented(make([]byte, 0, len(s)+8*width+len(s)/8), []byte(s), width)), nil
}

// sprintf is fmt.Sprintf with a shortcut for what charts mostly use: %s and %d with
// the types that these verbs are for.
func sprintf(format string, args []any) string {
	var buf [128]byte
	out := buf[:0]
	used := 0
	rest := format
	for {
		i := strings.IndexByte(rest, '%')
		if i < 0 {
			break
		}
		if i+1 >= len(rest) || used >= len(args) {
			return fmt.Sprintf(format, args...)
		}
		out = append(out, rest[:i]...)
		switch v := args[used].(type) {
		case string:
			switch rest[i+1] {
			case 's', 'v':
				out = append(out, v...)
			case 'q':
				out = append(out, quoteString(v)...)
			default:
				return fmt.Sprintf(format, args...)
			}
		case int:
			if c := rest[i+1]; c != 'd' && c != 'v' {
				return fmt.Sprintf(format, args...)
			}
			out = strconv.AppendInt(out, int64(v), 10)
		case int64:
			if c := rest[i+1]; c != 'd' && c != 'v' {
				return fmt.Sprintf(format, args...)
			}
			out = strconv.AppendInt(out, v, 10)
		default:
			return fmt.Sprintf(format, args...)
		}
		used++
		rest = rest[i+2:]
	}
	if used != len(args) {
		return fmt.Sprintf(format, args...)
	}
	return string(append(out, rest...))
}

// stringList is sprig's strslice.
func stringList(v any) []string {
	switch v := v.(type) {
	case nil:
		return []string{}
	case []string:
		return v
	case []any:
		list := make([]string, 0, len(v))
		for _, e := range v {
			if e != nil {
				list = append(list, text(e))
			}
		}
		return list
	case []int:
		list := make([]string, 0, len(v))
		for _, e := range v {
			list = append(list, strconv.Itoa(e))
		}
		return list
	}
	return []string{text(v)}
}
