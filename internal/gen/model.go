// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// model is the tree of types under Values.
type model struct {
	dir   string // of the types
	root  *object
	order []*object // each object once, parents first
	funcs map[string]*object
}

type object struct {
	name, doc string
	fields    []*field
}

type field struct {
	goName, name, doc string

	kind    string // object map list string boolean integer any
	elem    string // kind of a map's or list's elements
	object  *object
	pointer bool
	goType  string

	def           string // YAML of the default tag
	hasDef        bool
	enum          []string
	min, max      string
	format, keys  string
	keda, example string
	open          bool
}

// load reads the structs of the package in dir, starting at Values.
func load(dir string) (*model, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	structs := map[string]*ast.TypeSpec{}
	fset := token.NewFileSet()
	for _, e := range entries {
		name := e.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "zz_generated") {
			continue
		}
		file, err := parser.ParseFile(fset, filepath.Join(dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range file.Decls {
			gd, ok := d.(*ast.GenDecl)
			if !ok || gd.Tok != token.TYPE {
				continue
			}
			for _, s := range gd.Specs {
				ts := s.(*ast.TypeSpec)
				if ts.Doc == nil {
					ts.Doc = gd.Doc
				}
				structs[ts.Name.Name] = ts
			}
		}
	}
	m := &model{dir: dir, funcs: map[string]*object{}}
	m.root, err = m.build(structs, "Values")
	return m, err
}

func (m *model) build(structs map[string]*ast.TypeSpec, name string) (*object, error) {
	if o := m.funcs[name]; o != nil {
		return o, nil
	}
	ts := structs[name]
	if ts == nil {
		return nil, fmt.Errorf("looking for the type %q: not found in package schema", name)
	}
	st, ok := ts.Type.(*ast.StructType)
	if !ok {
		return nil, fmt.Errorf("reading the type %q: not a struct", name)
	}
	o := &object{name: name, doc: text(ts.Doc)}
	m.funcs[name] = o
	m.order = append(m.order, o)
	for _, af := range st.Fields.List {
		f, err := m.field(structs, af)
		if err != nil {
			return nil, fmt.Errorf("reading %s.%s: %w", name, af.Names[0].Name, err)
		}
		o.fields = append(o.fields, f)
	}
	return o, nil
}

func (m *model) field(structs map[string]*ast.TypeSpec, af *ast.Field) (*field, error) {
	if af.Tag == nil {
		return nil, fmt.Errorf("no json tag")
	}
	raw, err := strconv.Unquote(af.Tag.Value)
	if err != nil {
		return nil, err
	}
	tag := reflect.StructTag(raw)
	f := &field{goName: af.Names[0].Name}
	f.name, _, _ = strings.Cut(tag.Get("json"), ",")
	f.doc = fieldDoc(text(af.Doc), f.goName, f.name)
	if f.doc == "" {
		return nil, fmt.Errorf("no doc comment")
	}
	f.def, f.hasDef = tag.Lookup("default")
	if name, ok := strings.CutPrefix(f.def, "file:"); ok {
		if f.def, err = longDefault(filepath.Join(m.dir, "defaults", name)); err != nil {
			return nil, err
		}
	}
	if e := tag.Get("enum"); e != "" {
		f.enum = strings.Split(e, ",")
	}
	f.min, f.max = tag.Get("min"), tag.Get("max")
	f.format, f.keys = tag.Get("format"), tag.Get("keys")
	f.keda, f.example = tag.Get("keda"), tag.Get("example")
	f.open = tag.Get("open") == "true"
	if f.hasDef {
		var v any
		if err := yaml.Unmarshal([]byte(f.def), &v); err != nil {
			return nil, fmt.Errorf("reading the default %q: %w", f.def, err)
		}
	}
	return f, m.typ(structs, f, af.Type)
}

// longDefault reads a default that is too long for a tag: its lines, but for
// comments, are one flow mapping.
func longDefault(file string) (string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	var lines []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, " "), nil
}

func (m *model) typ(structs map[string]*ast.TypeSpec, f *field, e ast.Expr) error {
	if s, ok := e.(*ast.StarExpr); ok {
		f.pointer = true
		e = s.X
	}
	var err error
	switch t := e.(type) {
	case *ast.MapType:
		f.kind = "map"
		f.elem, f.object, f.goType, err = m.scalar(structs, t.Value)
	case *ast.ArrayType:
		f.kind = "list"
		f.elem, f.object, f.goType, err = m.scalar(structs, t.Elt)
	default:
		f.kind, f.object, f.goType, err = m.scalar(structs, e)
	}
	return err
}

func (m *model) scalar(structs map[string]*ast.TypeSpec, e ast.Expr) (kind string, o *object, goType string, err error) {
	id, ok := e.(*ast.Ident)
	if !ok {
		return "", nil, "", fmt.Errorf("type %T has no place in values", e)
	}
	switch id.Name {
	case "string":
		return "string", nil, id.Name, nil
	case "Quantity":
		return "quantity", nil, id.Name, nil
	case "bool":
		return "boolean", nil, id.Name, nil
	case "int":
		return "integer", nil, id.Name, nil
	case "any":
		return "any", nil, id.Name, nil
	}
	o, err = m.build(structs, id.Name)
	return "object", o, id.Name, err
}

func text(c *ast.CommentGroup) string {
	if c == nil {
		return ""
	}
	return strings.Join(strings.Fields(c.Text()), " ")
}

// fieldDoc names the key instead of the Go field where the two look different:
// "MinReplicas that always run" becomes "minReplicas that …".
func fieldDoc(doc, goName, name string) string {
	rest, ok := strings.CutPrefix(doc, goName)
	if !ok || rest == "" || rest[0] != ' ' && rest[0] != '.' && rest[0] != ';' {
		return doc
	}
	if strings.EqualFold(goName, name) && (strings.ToLower(goName[1:]) == goName[1:] || strings.ToUpper(goName) == goName) {
		return doc
	}
	return name + rest
}

// defaults returns the value of a field as in values.yaml; ok is false when nothing is
// written for it.
func (f *field) defaults() (v any, ok bool) {
	var own any
	if f.hasDef {
		_ = yaml.Unmarshal([]byte(f.def), &own) // load checked it
	}
	switch f.kind {
	case "object":
		out := map[string]any{}
		for _, c := range f.object.fields {
			if v, ok := c.defaults(); ok {
				out[c.name] = v
			}
		}
		if over, ok := own.(map[string]any); ok {
			overlay(out, over)
		}
		return out, true
	case "map":
		if own == nil {
			return map[string]any{}, true
		}
	case "list":
		if own == nil {
			return []any{}, true
		}
	}
	return own, f.hasDef
}

func overlay(dst, src map[string]any) {
	for k, v := range src {
		if sv, ok := v.(map[string]any); ok {
			if dv, ok := dst[k].(map[string]any); ok {
				overlay(dv, sv)
				continue
			}
		}
		dst[k] = v
	}
}
