// SPDX-License-Identifier: Apache-2.0

package schema

import "strings"

// Kind is the type of a value.
type Kind string

// Kinds of values. A quantity is a string such as "64Mi", or a number.
const (
	KindObject   Kind = "object"
	KindMap      Kind = "map"
	KindList     Kind = "list"
	KindString   Kind = "string"
	KindQuantity Kind = "quantity"
	KindBoolean  Kind = "boolean"
	KindInteger  Kind = "integer"
	KindAny      Kind = "any"
)

// Object describes a mapping with fixed keys. The table of them is generated
// from the types of this package, because reflection would keep far more code
// in the plugin than the table takes.
type Object struct {
	Name, Doc string
	Open      bool // may have keys that are not in Fields
	Fields    []Field
}

// Field describes one key.
type Field struct {
	Name    string
	Kind    Kind
	Elem    Kind    // of a map's or list's elements
	Object  *Object // where Kind or Elem is KindObject
	Default string  // as YAML; empty means none
	Enum    []string
	HasMin  bool
	HasMax  bool
	Min     int
	Max     int
	Format  string // of the string, or of a map's or list's elements
	Keys    string // format of a map's keys
	Keda    string // the field of KEDA's API that it becomes
	Example string
	Doc     string
	Open    bool
}

// Field finds a key.
func (o *Object) Field(name string) *Field {
	for i := range o.Fields {
		if o.Fields[i].Name == name {
			return &o.Fields[i]
		}
	}
	return nil
}

// ValuesObject describes the values. Treat it as read-only.
func ValuesObject() *Object { return &objectValues }

// ScalingObject describes `scaling` of a function. Treat it as read-only.
func ScalingObject() *Object { return &objectScaling }

// KedaSpelling finds a field by its name in KEDA's API.
func KedaSpelling(o *Object, key, prefix string) string {
	for i := range o.Fields {
		f := &o.Fields[i]
		if f.Keda == "" {
			continue
		}
		last := f.Keda[strings.LastIndexByte(f.Keda, '.')+1:]
		if last == key && f.Name != key {
			return prefix + f.Name
		}
	}
	for i := range o.Fields {
		if f := &o.Fields[i]; f.Kind == KindObject && prefix == "" {
			if s := KedaSpelling(f.Object, key, f.Name+"."); s != "" {
				return s
			}
		}
	}
	return ""
}

// Nested finds a key in the objects below, nearest level first.
func Nested(o *Object, key string, depth int) string {
	for i := range o.Fields {
		f := &o.Fields[i]
		if f.Kind == KindObject && f.Object.Field(key) != nil {
			return f.Name + "." + key
		}
	}
	if depth == 1 {
		return ""
	}
	for i := range o.Fields {
		if f := &o.Fields[i]; f.Kind == KindObject {
			if s := Nested(f.Object, key, depth-1); s != "" {
				return f.Name + "." + s
			}
		}
	}
	return ""
}
