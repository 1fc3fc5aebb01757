// SPDX-License-Identifier: Apache-2.0

package schema

import (
	"sort"
	"strings"
)

// inherited is what a field has from those above it: its part of their
// default, and where it is in the field of KEDA's API that they become.
type inherited struct {
	value any
	keda  string
}

// below returns what a key inherits.
func (in inherited) below(f *Field) inherited {
	out := inherited{keda: f.Keda}
	if m, ok := in.value.(map[string]any); ok {
		out.value = m[f.Name]
	}
	if out.keda == "" && in.keda != "" {
		out.keda = in.keda + "." + f.Name
		if f.Kind == KindList && f.Object != nil {
			out.keda += "[]"
		}
	}
	return out
}

// entry returns what an entry of the map at a path inherits: functions and workloads
// have what `defaults` says.
func (in inherited) entry(at string) inherited {
	out := inherited{keda: in.keda}
	switch defaults, _ := Defaults()["defaults"].(map[string]any); at {
	case "functions":
		out.value = defaults
	case "workloads":
		out.value = map[string]any{"scaling": defaults["scaling"]}
	}
	return out
}

// text returns a field's default as YAML.
func (in inherited) text(f *Field) string {
	if f.Default != "" {
		return f.Default
	}
	switch v := in.value.(type) {
	case nil:
		return ""
	case map[string]any:
		if len(v) == 0 || f.Kind == KindObject {
			return "" // its fields show it
		}
	}
	return flowText(in.value)
}

// flowText writes a value of the defaults on one line.
func flowText(v any) string {
	switch v := v.(type) {
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = flowText(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		parts := make([]string, 0, len(v))
		for k, e := range v {
			parts = append(parts, k+": "+flowText(e))
		}
		sort.Strings(parts)
		return "{" + strings.Join(parts, ", ") + "}"
	case string:
		if v == "" {
			return `""`
		}
		return v
	}
	return ScalarText(v)
}
