// SPDX-License-Identifier: Apache-2.0

package stack

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
	Open      bool // may hold keys that are not in Fields
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

// field finds a key.
//
//go:noinline
func (o *Object) field(name string) *Field {
	for i := range o.Fields {
		if o.Fields[i].Name == name {
			return &o.Fields[i]
		}
	}
	return nil
}
