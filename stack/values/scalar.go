// SPDX-License-Identifier: Apache-2.0

package values

import (
	"encoding/base64"
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// quotedStyles mark text, whatever it looks like.
const quotedStyles = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle

// scalar resolves a scalar as Helm's YAML library does, which follows YAML
// 1.1: yes, no, on and off are booleans, 010 is eight, 1_000 a thousand. The
// second result says what is wrong.
func scalar(n *yaml.Node) (any, string) {
	if n.Style&yaml.TaggedStyle != 0 {
		return taggedScalar(n)
	}
	if n.Style&quotedStyles != 0 {
		return n.Value, ""
	}
	v := plainScalar(n.Value)
	if f, ok := v.(float64); ok && (math.IsInf(f, 0) || math.IsNaN(f)) {
		return nil, "value " + n.Value + " is not a number that values can hold"
	}
	return v, ""
}

func taggedScalar(n *yaml.Node) (any, string) {
	wrong := "value " + strconv.Quote(n.Value) + " does not fit its tag " + n.Tag
	v := plainScalar(n.Value)
	if n.Style&quotedStyles != 0 && n.Tag != "!!str" {
		v = plainScalar(n.Value) // a tag looks through quotes
	}
	switch n.Tag {
	case "!!str", "!":
		return n.Value, ""
	case "!!binary":
		b, err := base64.StdEncoding.DecodeString(n.Value)
		if err != nil {
			return nil, wrong
		}
		return string(b), ""
	case "!!null":
		if v == nil {
			return nil, ""
		}
	case "!!bool":
		if b, ok := v.(bool); ok {
			return b, ""
		}
	case "!!int", "!!float":
		f, ok := v.(float64)
		if ok && !math.IsInf(f, 0) && !math.IsNaN(f) && (n.Tag == "!!float" || isIntegerText(n.Value)) {
			return f, ""
		}
	default:
		return nil, wrongTag(n)
	}
	return nil, wrong
}

func wrongTag(n *yaml.Node) string {
	return "has the tag " + n.Tag + ", which values cannot have"
}

// plainScalar resolves an unquoted scalar.
func plainScalar(s string) any {
	if s == "" {
		return nil
	}
	switch c := s[0]; {
	case c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.':
		return plainNumber(s)
	case strings.IndexByte("yYnNtTfFoO~", c) < 0:
		return s
	}
	switch s {
	case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON":
		return true
	case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF":
		return false
	case "~", "null", "Null", "NULL":
		return nil
	}
	return s
}

func plainNumber(s string) any {
	switch s {
	case ".nan", ".NaN", ".NAN":
		return math.NaN()
	case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF":
		return math.Inf(1)
	case "-.inf", "-.Inf", "-.INF":
		return math.Inf(-1)
	}
	if s[0] == '.' {
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			return f
		}
		return s
	}
	plain := s
	if strings.IndexByte(s, '_') >= 0 {
		plain = strings.ReplaceAll(s, "_", "")
	}
	if i, err := strconv.ParseInt(plain, 0, 64); err == nil {
		return float64(i)
	}
	if u, err := strconv.ParseUint(plain, 0, 64); err == nil {
		return float64(u)
	}
	if isFloatText(plain) {
		if f, err := strconv.ParseFloat(plain, 64); err == nil {
			return f
		}
	}
	// Go's own syntax has no sign within 0b; the library of Helm does.
	if digits, ok := strings.CutPrefix(plain, "0b"); ok {
		if i, err := strconv.ParseInt(digits, 2, 64); err == nil {
			return float64(i)
		}
	}
	if digits, ok := strings.CutPrefix(plain, "-0b"); ok {
		if i, err := strconv.ParseInt("-"+digits, 2, 64); err == nil {
			return float64(i)
		}
	}
	return s
}

func isIntegerText(s string) bool {
	plain := strings.ReplaceAll(s, "_", "")
	_, err := strconv.ParseInt(plain, 0, 64)
	if err != nil {
		_, err = strconv.ParseUint(plain, 0, 64)
	}
	return err == nil
}

// isFloatText is ^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$ without
// linking a regular expression.
func isFloatText(s string) bool {
	digits := func() int {
		n := 0
		for n < len(s) && s[n] >= '0' && s[n] <= '9' {
			n++
		}
		s = s[n:]
		return n
	}
	sign := func() {
		if s != "" && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
	}
	sign()
	whole, frac := digits(), 0
	if s != "" && s[0] == '.' {
		s = s[1:]
		frac = digits()
	}
	if whole == 0 && frac == 0 {
		return false
	}
	if s != "" && (s[0] == 'e' || s[0] == 'E') {
		s = s[1:]
		sign()
		if digits() == 0 {
			return false
		}
	}
	return s == ""
}

// keyName returns the string that Helm makes of a key: numbers and booleans are
// written out.
func keyName(k *yaml.Node) string {
	if k.Kind == yaml.AliasNode {
		k = k.Alias
	}
	if k.Style&quotedStyles != 0 || k.Style&yaml.TaggedStyle != 0 || k.Value == "" {
		return k.Value
	}
	return plainKey(k.Value)
}

func plainKey(text string) string {
	switch text[0] {
	case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '+', '-', '.',
		'y', 'Y', 'n', 'N', 't', 'T', 'f', 'F', 'o', 'O':
	default:
		return text
	}
	switch v := plainScalar(text).(type) {
	case bool:
		return strconv.FormatBool(v)
	case float64:
		if isIntegerText(text) {
			plain := strings.ReplaceAll(text, "_", "")
			if i, err := strconv.ParseInt(plain, 0, 64); err == nil {
				return strconv.FormatInt(i, 10)
			}
		}
		// In 32 bits, as Helm's library has it: large keys become infinite.
		switch short := strconv.FormatFloat(v, 'g', -1, 32); short {
		case "+Inf":
			return ".inf"
		case "-Inf":
			return "-.inf"
		case "NaN":
			return ".nan"
		default:
			return short
		}
	}
	return text
}

// usualScalar and usualKey resolve text for the fast reader.
func usualScalar(text string) (any, bool) {
	v := plainScalar(text)
	f, isFloat := v.(float64)
	return v, !isFloat || !math.IsInf(f, 0) && !math.IsNaN(f)
}

func usualKey(text string) (string, bool) {
	return plainKey(text), !strings.EqualFold(text, "null")
}

func isDefaultTag(n *yaml.Node, tag string) bool {
	return n.Style&yaml.TaggedStyle == 0 || n.Tag == tag
}

// KindName returns what a value is, for messages.
func KindName(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case float64, int64, int:
		return "a number"
	case string:
		if v == "" {
			return "an empty string"
		}
		return "a string"
	case []any:
		return "a list"
	case map[string]any:
		return "a mapping"
	}
	return "something else"
}
