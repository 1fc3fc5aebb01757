// SPDX-License-Identifier: Apache-2.0

package schema

import (
	"strconv"
	"strings"
)

// Text returns a setting of the trigger as KEDA reads it: a scalar as text, without
// blanks around it; empty where it is absent.
func (t *Trigger) Text(key string) string { return strings.TrimSpace(ScalarText(t.Metadata[key])) }

// Flag returns a setting of the trigger as a boolean; what is not one is false.
func (t *Trigger) Flag(key string) bool {
	b, err := strconv.ParseBool(t.Text(key))
	return err == nil && b
}

// Number returns a setting of the trigger as an integer, or def if it is not one.
func (t *Trigger) Number(key string, def int64) int64 {
	if n, err := strconv.ParseInt(t.Text(key), 10, 64); err == nil {
		return n
	}
	return def
}

// ScalarText returns a scalar as text; empty for what is not a scalar.
func ScalarText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case int64:
		return strconv.FormatInt(v, 10)
	}
	return ""
}
