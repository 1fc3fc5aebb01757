// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"strings"
)

// valuesDoc writes the values reference.
func valuesDoc(m *model) (output, error) {
	d := &docWriter{seen: map[string]string{}}
	d.b.WriteString("# Values reference\n\nGenerated from the types in `stack/schema/` by `make generate`. The same text comes from\n" +
		"`helm wasm explain PATH`, and appears in editors that read `values.schema.json`.\n\n" +
		"`<name>` stands for a name of your choice. A key that is set to `null` loses its default.\n" +
		"Keys under `functions.<name>` have the defaults that are set in `defaults`.\n\n")
	d.section("", m.root)
	return output{"docs/VALUES.md", append(bytes.TrimRight(d.b.Bytes(), "\n"), '\n')}, nil
}

type docWriter struct {
	b    bytes.Buffer
	seen map[string]string // object name -> path of its section
}

func (d *docWriter) section(path string, o *object) {
	heading := path
	if path == "" {
		heading = "Top level"
	} else {
		d.seen[o.name] = path
	}
	level := min(2+strings.Count(strings.ReplaceAll(path, ".<name>", ""), "."), 4)
	fmt.Fprintf(&d.b, "%s %s\n\n", strings.Repeat("#", level), heading)
	if path != "" {
		fmt.Fprintf(&d.b, "<a id=%q></a>\n%s\n\n", anchor(path), markdown(o.doc))
	}
	d.b.WriteString("| Key | Type | Default | Meaning |\n|---|---|---|---|\n")
	type sub struct {
		path string
		o    *object
	}
	var subs []sub
	for _, f := range o.fields {
		p := join(path, f.name)
		typ := f.kind
		switch {
		case f.kind == "any" && f.format == "percentOrInt":
			typ = "integer or percentage"
		case f.kind == "map" && f.elem != "object":
			typ = "map of " + plural(elemKind(f))
		case f.kind == "list" && f.elem != "object":
			typ = "list of " + plural(elemKind(f))
		case f.format != "" && f.kind == "string":
			typ = f.format
		}
		if f.object != nil {
			inner := p
			switch f.kind {
			case "map":
				inner = p + ".<name>"
			case "list":
				inner = p + "[]"
			}
			target, done := d.seen[f.object.name]
			if !done {
				// Later fields of this object link to the first use.
				d.seen[f.object.name] = inner
				target = inner
				subs = append(subs, sub{inner, f.object})
			}
			link := "[" + f.object.name + "](#" + anchor(target) + ")"
			switch f.kind {
			case "map":
				typ = "map of " + link
			case "list":
				typ = "list of " + link
			default:
				typ = link
			}
		}
		def := ""
		if f.hasDef {
			def = "`" + f.def + "`"
			if len(f.def) > 60 {
				def = "see values.yaml"
			}
		} else if f.kind == "map" {
			def = "`{}`"
		} else if f.kind == "list" {
			def = "`[]`"
		}
		meaning := markdown(f.doc)
		if len(f.enum) > 0 {
			meaning += " One of `" + strings.Join(f.enum, "`, `") + "`."
		}
		switch {
		case f.min != "" && f.max != "":
			meaning += " From " + f.min + " to " + f.max + "."
		case f.min != "":
			meaning += " At least " + f.min + "."
		}
		if f.keda != "" {
			meaning += " KEDA: `" + f.keda + "`."
		}
		if f.example != "" {
			meaning += " Example: `" + f.example + "`."
		}
		fmt.Fprintf(&d.b, "| <a id=%q></a>`%s` | %s | %s | %s |\n", anchor(p)+"-key", f.name, typ, cell(def), cell(meaning))
	}
	d.b.WriteString("\n")
	for _, s := range subs {
		d.section(s.path, s.o)
	}
}

func anchor(path string) string {
	return strings.NewReplacer(".<name>", "", "[]", "").Replace(path)
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func elemKind(f *field) string {
	if f.format == "mapping" {
		return f.format
	}
	return f.elem
}

func plural(kind string) string {
	switch kind {
	case "any":
		return "anything"
	case "quantity":
		return "quantities"
	}
	return kind + "s"
}

func cell(s string) string { return strings.ReplaceAll(s, "|", "\\|") }

// markdown protects <placeholders> outside code spans.
func markdown(s string) string {
	parts := strings.Split(s, "`")
	for i := 0; i < len(parts); i += 2 {
		parts[i] = strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(parts[i])
	}
	return strings.Join(parts, "`")
}
