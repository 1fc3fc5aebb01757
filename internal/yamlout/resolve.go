// SPDX-License-Identifier: Apache-2.0

package yamlout

import (
	"strconv"
	"strings"
	"time"
)

// plainIsString reports whether s, written without quotes, is a string in YAML 1.1.
// The writer quotes everything else.
func plainIsString(s string) bool {
	if s == "" {
		return false
	}
	switch c := s[0]; {
	case c == '.':
		if isWord(s) {
			return false
		}
		_, err := strconv.ParseFloat(s, 64)
		return err != nil
	case c == '+' || c == '-' || c >= '0' && c <= '9':
		return !isWord(s) && !isTimestamp(s) && !isNumber(s) && !isBase60(s)
	case strings.IndexByte("yYnNtTfFoO~", c) >= 0:
		return !isWord(s)
	}
	return true
}

// isWord reports whether s is a word that YAML 1.1 reads as a bool, null or float. "<<"
// is not one here, since its first character has no meaning to the reader.
func isWord(s string) bool {
	if len(s) > 5 {
		return false
	}
	switch s {
	case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON",
		"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF",
		"~", "null", "Null", "NULL",
		".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF",
		"+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF":
		return true
	}
	return false
}

var timestamps = [...]string{
	"2006-1-2T15:4:5.999999999Z07:00",
	"2006-1-2t15:4:5.999999999Z07:00",
	"2006-1-2 15:4:5.999999999",
	"2006-1-2",
}

func isTimestamp(s string) bool {
	if len(s) < 6 || s[4] != '-' {
		return false
	}
	for i := range 4 {
		if !digit(s[i]) {
			return false
		}
	}
	for _, layout := range timestamps {
		if _, err := time.Parse(layout, s); err == nil {
			return true
		}
	}
	return false
}

// isNumber reports whether s is an integer in a notation of Go, with underscores, or a
// float.
func isNumber(s string) bool {
	last := s[len(s)-1]
	if !digit(last) && last != '.' && last != '_' && (last|0x20 < 'a' || last|0x20 > 'f') {
		return false
	}
	plain := s
	if strings.IndexByte(s, '_') >= 0 {
		plain = strings.ReplaceAll(s, "_", "")
	}
	if _, err := strconv.ParseInt(plain, 0, 64); err == nil {
		return true
	}
	if _, err := strconv.ParseUint(plain, 0, 64); err == nil {
		return true
	}
	if isFloat(plain) {
		if _, err := strconv.ParseFloat(plain, 64); err == nil {
			return true
		}
	}
	// ParseInt accepts every well-formed 0b literal except those with a sign
	// after the prefix.
	if rest, ok := strings.CutPrefix(plain, "0b"); ok {
		if _, err := strconv.ParseInt(rest, 2, 64); err == nil {
			return true
		}
		_, err := strconv.ParseUint(rest, 2, 64)
		return err == nil
	}
	if rest, ok := strings.CutPrefix(plain, "-0b"); ok {
		_, err := strconv.ParseInt("-"+rest, 2, 64)
		return err == nil
	}
	return false
}

// isFloat matches [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
func isFloat(s string) bool {
	i := sign(s, 0)
	whole := digits(s, i)
	switch {
	case whole > i:
		i = whole
		if i < len(s) && s[i] == '.' {
			i = digits(s, i+1)
		}
	case i < len(s) && s[i] == '.':
		fraction := digits(s, i+1)
		if fraction == i+1 {
			return false
		}
		i = fraction
	default:
		return false
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		i = sign(s, i+1)
		exponent := digits(s, i)
		if exponent == i {
			return false
		}
		i = exponent
	}
	return i == len(s)
}

// isBase60 matches [-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?
func isBase60(s string) bool {
	if strings.IndexByte(s, ':') < 0 {
		return false
	}
	i := sign(s, 0)
	if i >= len(s) || !digit(s[i]) {
		return false
	}
	for i < len(s) && (digit(s[i]) || s[i] == '_') {
		i++
	}
	groups := 0
	for i < len(s) && s[i] == ':' {
		n := digits(s, i+1) - (i + 1)
		if n == 0 || n > 2 || n == 2 && s[i+1] > '5' {
			return false
		}
		i += 1 + n
		groups++
	}
	if groups == 0 {
		return false
	}
	if i < len(s) && s[i] == '.' {
		i++
		for i < len(s) && (digit(s[i]) || s[i] == '_') {
			i++
		}
	}
	return i == len(s)
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func sign(s string, i int) int {
	if i < len(s) && (s[i] == '+' || s[i] == '-') {
		i++
	}
	return i
}

func digits(s string, i int) int {
	for i < len(s) && digit(s[i]) {
		i++
	}
	return i
}
