// SPDX-License-Identifier: Apache-2.0

package postrender

import (
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/suggest"
	"github.com/helm-wasm/helm-wasm/stack"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// types caches the types of fields by path, since the same paths recur.
type types map[string]string

// of returns the type of a field, as `explain` prints it.
func (t types) of(path string) string {
	kind, known := t[path]
	if !known {
		full := path
		if root, _, _ := strings.Cut(path, "."); root != "kafka" {
			full = "workloads.<name>." + path
		}
		if e, err := schema.Explain(full); err == nil {
			kind = e.Type
			if strings.HasPrefix(kind, "map of ") && strings.Count(full, ".") > strings.Count(e.Path, ".") {
				kind = "string" // a setting of a trigger, such as a schedule
			}
		}
		t[path] = kind
	}
	return kind
}

// belongs returns the field that a path without its section probably means, such as
// source.topic for topic.
func (t types) belongs(path string) string {
	root, rest, _ := strings.Cut(path, ".")
	if rest != "" {
		rest = "." + rest
	}
	var names, full []string
	for _, section := range []string{"source", "scaling", "kafka"} {
		under := "workloads.<name>." + section
		if section == "kafka" {
			under = section
		}
		e, err := schema.Explain(under)
		if err != nil {
			continue
		}
		for _, c := range e.Children {
			names, full = append(names, c.Name), append(full, section+"."+c.Name)
		}
	}
	best := suggest.Nearest(root, names)
	for i, name := range names {
		if name == best {
			return full[i] + rest
		}
	}
	return ""
}

// value reads the text of an annotation by the type of its field: strings stay
// strings, whatever they look like, and lists may be written with commas alone.
func (t types) value(path, text string) (any, *stack.ParseError) {
	trimmed := strings.TrimSpace(text)
	switch t.of(path) {
	case "string", "quantity":
		if trimmed == "" || trimmed[0] != '"' && trimmed[0] != '\'' {
			return trimmed, nil
		}
	case "integer":
		if n, err := strconv.Atoi(trimmed); err == nil && n > -1<<31 && n < 1<<31 {
			return float64(n), nil
		}
	case "boolean":
		if trimmed == "true" || trimmed == "false" {
			return trimmed == "true", nil
		}
	case "list of string":
		if trimmed != "" && trimmed[0] != '[' && trimmed[0] != '-' {
			var list []any
			for part := range strings.SplitSeq(trimmed, ",") {
				list = append(list, strings.TrimSpace(part))
			}
			return list, nil
		}
	}
	return parseValue(text)
}
