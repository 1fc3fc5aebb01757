// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// valuesYAML writes the chart's values.yaml with helm-docs comments.
func valuesYAML(m *model) (output, error) {
	var b bytes.Buffer
	b.WriteString(`# SPDX-License-Identifier: Apache-2.0
# Generated from the types in stack/schema/ by ` + "`make generate`" + `: edit those.
#
# Write what differs into a file of your own: ` + "`helm wasm init`" + ` prints a short one
# to start from, ` + "`helm wasm explain PATH`" + ` describes each key, and
# ` + "`helm wasm lint`" + ` finds what would not work.
# yaml-language-server: $schema=values.schema.json
`)
	for _, f := range m.root.fields {
		b.WriteString("\n")
		v, ok := f.defaults()
		writeField(&b, f, v, ok, 0)
	}
	var check any
	if err := yaml.Unmarshal(b.Bytes(), &check); err != nil {
		return output{}, fmt.Errorf("reading the values.yaml just written: %w", err)
	}
	return output{"charts/wasm-keda-stack/values.yaml", b.Bytes()}, nil
}

func writeField(b *bytes.Buffer, f *field, v any, ok bool, indent int) {
	pad := strings.Repeat(" ", indent)
	comment := f.doc
	if len(f.enum) > 0 {
		comment += " One of " + strings.Join(f.enum, ", ") + "."
	}
	if f.keda != "" && len(f.keda) < 40 {
		comment += " (KEDA: " + f.keda + ")"
	}
	for i, line := range wrap(comment, 78-indent) {
		if i == 0 {
			line = "-- " + line
		}
		b.WriteString(pad + "# " + line + "\n")
	}
	if !ok {
		if f.example != "" {
			b.WriteString(pad + "# " + f.name + ": " + inline(f.example) + "\n")
		} else {
			b.WriteString(pad + "# " + f.name + ":\n")
		}
		return
	}
	if m, isMap := v.(map[string]any); isMap && f.kind == "object" && hasContent(f.object, m) {
		b.WriteString(pad + f.name + ":\n")
		for _, c := range f.object.fields {
			cv, cok := m[c.name]
			writeField(b, c, cv, cok, indent+2)
		}
		return
	}
	b.WriteString(pad + f.name + ":")
	writeValue(b, v, indent+2)
}

// hasContent reports whether values.yaml would show more of an object than
// commented-out keys.
func hasContent(o *object, m map[string]any) bool { return len(m) > 0 }

// writeValue ends the line of a key.
func writeValue(b *bytes.Buffer, v any, indent int) {
	pad := strings.Repeat(" ", indent)
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			b.WriteString(" {}\n")
			return
		}
		b.WriteString("\n")
		for _, k := range sortedKeys(v) {
			b.WriteString(pad + yamlString(k) + ":")
			writeValue(b, v[k], indent+2)
		}
	case []any:
		if len(v) == 0 {
			b.WriteString(" []\n")
			return
		}
		b.WriteString("\n")
		for _, e := range v {
			b.WriteString(pad + "- " + flow(e) + "\n")
		}
	default:
		b.WriteString(" " + flow(v) + "\n")
	}
}

// flow writes a value on one line.
func flow(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return yamlString(v)
	case []any:
		var parts []string
		for _, e := range v {
			parts = append(parts, flow(e))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		var parts []string
		for _, k := range sortedKeys(v) {
			parts = append(parts, yamlString(k)+": "+flow(v[k]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprint(v)
}

func yamlString(s string) string {
	var back any
	plain := s != "" && !strings.ContainsAny(s, ":#{}[],&*!|>'\"%@`") && s == strings.TrimSpace(s)
	if plain && yaml.Unmarshal([]byte(s), &back) == nil {
		if str, ok := back.(string); ok && str == s {
			return s
		}
	}
	return strconv.Quote(s)
}

func inline(example string) string {
	if strings.ContainsAny(example, "{[") && !strings.ContainsAny(example[:1], "{[") {
		return strconv.Quote(example)
	}
	return example
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func wrap(s string, width int) []string {
	var lines []string
	line := ""
	for _, w := range strings.Fields(s) {
		if line != "" && len(line)+1+len(w) > width-3 {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += w
	}
	return append(lines, line)
}
