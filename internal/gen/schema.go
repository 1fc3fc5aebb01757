// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Patterns of the string formats. Empty is always legal: it means unset.
// stack/schema/formats.go checks the same without regular expressions, and a test
// there compares the two.
var patterns = map[string]string{
	"quantity":     `^$|^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(([KMGTPE]i)|[numkMGTPE]|([eE][+-]?[0-9]+))?$`,
	"duration":     `^$|^0$|^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$`,
	"name":         `^$|^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`,
	"label":        `^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`,
	"topic":        `^$|^[a-zA-Z0-9._-]+$`,
	"image":        `^$|^[a-zA-Z0-9][a-zA-Z0-9._:/@+-]*$`,
	"percentOrInt": `^[0-9]+%?$`,

	"amount": `^$|^\+?([0-9]+(\.[0-9]*)?|\.[0-9]+)` + unit + `$`,
	"size":   `^$|^\+?(0*[1-9][0-9]*(\.[0-9]*)?|[0-9]*\.0*[1-9][0-9]*)` + unit + `$`,

	"labelKey":      `^(` + dns + `/)?` + metaName + `$`,
	"annotationKey": `^(` + dnsAnyCase + `/)?` + metaName + `$`,
	"labelValue":    `^$|^` + metaName + `$`,
	"text":          `^[^\x00-\x1f\x7f]*$`,
}

const (
	unit       = `(([KMGTPE]i)|[numkMGTPE]|([eE][+-]?[0-9]+))?`
	dns        = `[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*`
	dnsAnyCase = `[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?)*`
	metaName   = `[a-zA-Z0-9]([-a-zA-Z0-9_.]{0,61}[a-zA-Z0-9])?`
)

var maxLengths = map[string]int{
	"name": 253, "label": 63, "topic": 249, "image": 512, "labelKey": 317, "annotationKey": 317,
	"labelValue": 63,
}

// props is a JSON object that keeps its order.
type props []prop

type prop struct {
	key   string
	value any
}

func (p props) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, e := range p {
		if i > 0 {
			b.WriteByte(',')
		}
		k, err := marshal(e.key)
		if err != nil {
			return nil, err
		}
		v, err := marshal(e.value)
		if err != nil {
			return nil, err
		}
		b.Write(k)
		b.WriteByte(':')
		b.Write(v)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

func schemaJSON(m *model) (output, error) {
	defs := props{}
	for _, o := range m.order[1:] {
		defs = append(defs, prop{o.name, objectSchema(o, false)})
	}
	for _, s := range sharedMaps {
		defs = append(defs, prop{s.name, props{
			{"description", s.description},
			{"type", []string{"object", "null"}},
			{"propertyNames", props{{"pattern", patterns[s.keys]}, {"maxLength", maxLengths[s.keys]}}},
			{"additionalProperties", scalarSchema(s.elem, &field{format: s.format})},
		}})
	}
	root := props{
		{"$schema", "http://json-schema.org/draft-07/schema#"},
		{"title", "Values of the chart wasm-keda-stack"},
		{"description", "Generated from the types in stack/schema/ by `make generate`."},
	}
	root = append(root, objectSchema(m.root, false)...)
	root = append(root, prop{"$defs", defs})
	data, err := marshal(root)
	if err != nil {
		return output{}, err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, data, "", " "); err != nil {
		return output{}, err
	}
	b.WriteByte('\n')
	return output{"charts/wasm-keda-stack/values.schema.json", b.Bytes()}, nil
}

func objectSchema(o *object, open bool) props {
	fields := props{}
	for _, f := range o.fields {
		fields = append(fields, prop{f.name, fieldSchema(f)})
	}
	p := props{{"type", []string{"object", "null"}}, {"properties", fields}}
	if o.name != "Values" {
		p = append(props{{"description", o.doc}}, p...)
	} else {
		p[0].value = "object"
	}
	if !isOpen(o) && !open {
		p = append(p, prop{"additionalProperties", false})
	}
	return p
}

// isOpen reports whether every use of a type is open: other charts define what is in
// it.
func isOpen(o *object) bool {
	switch o.name {
	case "Global", "Keda", "KedaChartCRDs", "KedaCRDs":
		return true
	}
	return false
}

func fieldSchema(f *field) props {
	doc := f.doc
	if f.keda != "" {
		doc += " KEDA: " + f.keda + "."
	}
	p := props{{"description", doc}}
	switch f.kind {
	case "object":
		p = append(p, prop{"$ref", "#/$defs/" + f.object.name})
	case "map":
		if name := sharedMap(f); name != "" {
			p = append(p, prop{"$ref", "#/$defs/" + name})
			break
		}
		p = append(p, prop{"type", []string{"object", "null"}})
		if f.keys != "" {
			p = append(p, prop{"propertyNames", props{{"pattern", patterns[f.keys]}, {"maxLength", maxLengths[f.keys]}}})
		}
		if f.elem != "any" || f.format != "" {
			p = append(p, prop{"additionalProperties", elemSchema(f)})
		}
	case "list":
		p = append(p, prop{"type", []string{"array", "null"}})
		if f.elem != "any" || f.format != "" {
			p = append(p, prop{"items", elemSchema(f)})
		}
	default:
		p = append(p, scalarSchema(f.kind, f)...)
	}
	if f.hasDef {
		var v any
		_ = yaml.Unmarshal([]byte(f.def), &v) // load checked it
		p = append(p, prop{"default", v})
	}
	if f.example != "" {
		var v any
		if yaml.Unmarshal([]byte(f.example), &v) == nil {
			p = append(p, prop{"examples", []any{v}})
		}
	}
	return p
}

// sharedMaps are maps that many fields use; they are in $defs once.
var sharedMaps = []struct{ name, description, keys, elem, format string }{
	{"labels", "Labels as Kubernetes accepts them.", "labelKey", "string", "labelValue"},
	{"annotations", "Annotations as Kubernetes accepts them.", "annotationKey", "string", ""},
	{"amounts", "Quantities by resource name.", "labelKey", "quantity", "amount"},
}

func sharedMap(f *field) string {
	for _, s := range sharedMaps {
		if f.kind == "map" && f.keys == s.keys && f.elem == s.elem && f.format == s.format {
			return s.name
		}
	}
	return ""
}

func elemSchema(f *field) props {
	if f.elem == "object" {
		return props{{"$ref", "#/$defs/" + f.object.name}}
	}
	return scalarSchema(f.elem, f)
}

func scalarSchema(kind string, f *field) props {
	var p props
	switch kind {
	case "string":
		p = props{{"type", []string{"string", "null"}}}
	case "quantity":
		p = props{{"type", []string{"string", "number", "null"}}}
		switch f.format {
		case "amount":
			p = append(p, prop{"minimum", 0})
		case "size":
			p = append(p, prop{"exclusiveMinimum", 0})
		}
	case "boolean":
		return props{{"type", []string{"boolean", "null"}}}
	case "integer":
		p = props{{"type", []string{"integer", "null"}}}
		if f.min != "" {
			p = append(p, prop{"minimum", json.Number(f.min)})
		}
		if f.max != "" {
			p = append(p, prop{"maximum", json.Number(f.max)})
		}
	case "any":
		p = props{}
		if f.format == "mapping" {
			p = props{{"type", []string{"object", "null"}}}
		}
		if f.format == "percentOrInt" {
			p = props{{"type", []string{"string", "integer", "null"}}, {"minimum", 0}}
		}
	}
	if len(f.enum) > 0 {
		var vals []any
		for _, e := range f.enum {
			if n, err := strconv.Atoi(e); err == nil {
				vals = append(vals, n)
			} else {
				vals = append(vals, e)
			}
		}
		if kind == "string" && (!f.hasDef || strings.Trim(f.def, `"`) == "") {
			vals = append(vals, "")
		}
		p = append(p, prop{"enum", append(vals, nil)})
	}
	if pat := patterns[f.format]; pat != "" {
		p = append(p, prop{"pattern", pat})
		if n := maxLengths[f.format]; n > 0 {
			p = append(p, prop{"maxLength", n})
		}
	}
	return p
}
