// SPDX-License-Identifier: Apache-2.0

package schema

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// FormatError says what is wrong with a string of a format, "" when nothing is. The
// empty string means unset and is always fine.
func FormatError(format, s string) (problem, fix string) {
	if s == "" {
		return "", ""
	}
	switch format {
	case "quantity", "amount", "size":
		const fix = "write a number with a unit, such as 64Mi or 250m"
		switch f, ok := ParseQuantity(s); {
		case !ok:
			return "is not a quantity", fix
		case format == "quantity":
		case f < 0 || s[0] == '-':
			return "is negative", fix
		case format == "size" && f == 0:
			return "is zero", fix
		}
	case "duration":
		if d, err := time.ParseDuration(s); err != nil || d < 0 || s[0] == '+' || s[0] == '-' || hasBareDot(s) {
			return "is not a duration", `write a number with a unit, such as 100ms, 5s or 1m30s`
		}
	case "name":
		if !IsName(s) {
			return "is not a Kubernetes name", "use lower-case letters, digits, - and ., with a letter or digit at both " +
				"ends, at most 253 characters"
		}
	case "label":
		if !isLabel(s) {
			return "is not a name that Kubernetes accepts", "use lower-case letters, digits and -, with a letter or digit at " +
				"both ends, at most 63 characters"
		}
	case "topic":
		if !isTopic(s) {
			return "is not a Kafka topic name", "use letters, digits, ., _ and -, at most 249 characters"
		}
	case "labelKey", "annotationKey":
		if !isMetaKey(s, format == "annotationKey") {
			return "is not a key that Kubernetes accepts", "use at most 63 letters, digits, -, _ and ., with a letter or " +
				"digit at both ends; a prefix such as example.com/ may come first"
		}
	case "labelValue":
		if !isMetaName(s) {
			return "is not a value that Kubernetes accepts for a label", "use at most 63 letters, digits, -, _ and ., with a " +
				"letter or digit at both ends"
		}
	case "text":
		for i := range len(s) {
			if s[i] < ' ' || s[i] == 0x7f {
				return "contains a control character", "write it on one line, without tabs"
			}
		}
	case "image":
		if !isImage(s) {
			return "is not an image reference", "write registry/repository@sha256:... or registry/repository:tag"
		}
	}
	return "", ""
}

func hasBareDot(s string) bool {
	for i := range len(s) {
		if s[i] == '.' && (i == 0 || !IsDigit(s[i-1]) || i+1 == len(s) || !IsDigit(s[i+1])) {
			return true
		}
	}
	return false
}

func IsDigit(c byte) bool { return c >= '0' && c <= '9' }

func IsLower(c byte) bool { return c >= 'a' && c <= 'z' || IsDigit(c) }

func isLabel(s string) bool { return len(s) <= 63 && isLabelText(s) }

func isLabelText(s string) bool {
	if s == "" || !IsLower(s[0]) || !IsLower(s[len(s)-1]) {
		return false
	}
	for i := range len(s) {
		if !IsLower(s[i]) && s[i] != '-' {
			return false
		}
	}
	return true
}

// isMetaKey reports whether Kubernetes accepts a key of labels; annotations allow capitals in the prefix too.
func isMetaKey(s string, capitals bool) bool {
	prefix, name, prefixed := strings.Cut(s, "/")
	if !prefixed {
		return isMetaName(s)
	}
	if capitals {
		prefix = strings.ToLower(prefix)
	}
	return IsName(prefix) && isMetaName(name)
}

func isMetaName(s string) bool {
	if s == "" || len(s) > 63 || !isAlphanumeric(s[0]) || !isAlphanumeric(s[len(s)-1]) {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !isAlphanumeric(c) && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return true
}

func isAlphanumeric(c byte) bool { return IsLower(c) || c >= 'A' && c <= 'Z' }

func IsName(s string) bool {
	if len(s) > 253 {
		return false
	}
	for part := range strings.SplitSeq(s, ".") {
		if !isLabelText(part) {
			return false
		}
	}
	return true
}

func isTopic(s string) bool {
	if len(s) > 249 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !IsLower(c) && (c < 'A' || c > 'Z') && c != '.' && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

func isImage(s string) bool {
	if len(s) > 512 || strings.IndexByte("._:/@+-", s[0]) >= 0 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !IsLower(c) && (c < 'A' || c > 'Z') && strings.IndexByte("._:/@+-", c) < 0 {
			return false
		}
	}
	return true
}

// IsEnvName reports whether every shell and runtime accepts a variable's name.
func IsEnvName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c != '_' && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (i == 0 || !IsDigit(c)) {
			return false
		}
	}
	return s != ""
}

// ParseQuantity returns the value of a Kubernetes quantity.
func ParseQuantity(s string) (float64, bool) {
	end := 0
	for end < len(s) && (IsDigit(s[end]) || s[end] == '.' || end == 0 && (s[0] == '+' || s[0] == '-')) {
		end++
	}
	f, err := strconv.ParseFloat(s[:end], 64)
	if err != nil {
		return 0, false
	}
	suffix := s[end:]
	switch suffix {
	case "":
		return f, true
	case "n":
		return f * 1e-9, true
	case "u":
		return f * 1e-6, true
	case "m":
		return f * 1e-3, true
	}
	if suffix[0] == 'e' || suffix[0] == 'E' {
		if n, err := strconv.Atoi(suffix[1:]); err == nil {
			return f * math.Pow10(n), true
		}
	}
	if i := strings.Index("k M G T P E", suffix); i >= 0 && len(suffix) == 1 && suffix != " " {
		return f * math.Pow10(3*(i/2+1)), true
	}
	if i := strings.Index("Ki Mi Gi Ti Pi Ei", suffix); i >= 0 && i%3 == 0 && len(suffix) == 2 {
		return f * math.Pow(1024, float64(i/3+1)), true
	}
	return 0, false
}

// BytesOf returns a quantity as a number of bytes; 0 when it is not a quantity.
func BytesOf(q Quantity) int64 {
	f, _ := ParseQuantity(string(q))
	if f > math.MaxInt64/2 {
		return math.MaxInt64 / 2
	}
	return int64(f)
}
