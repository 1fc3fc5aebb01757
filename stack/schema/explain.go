// SPDX-License-Identifier: Apache-2.0

package schema

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/suggest"
)

// Explanation is what there is to know about one field of the values.
type Explanation struct {
	Path     string   `json:"path"` // with <name> for the keys of maps
	Type     string   `json:"type"`
	Doc      string   `json:"doc"`
	Default  string   `json:"default,omitempty"` // as YAML
	Enum     []string `json:"enum,omitempty"`
	Bounds   string   `json:"bounds,omitempty"` // "at least 1", "from 1 to 65535"
	Format   string   `json:"format,omitempty"` // in words
	Keda     string   `json:"keda,omitempty"`
	Example  string   `json:"example,omitempty"`
	Children []Child  `json:"children,omitempty"`
}

// Child is a key of the explained object.
type Child struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Default string `json:"default,omitempty"`
	Doc     string `json:"doc"`
}

var formatWords = map[string]string{
	"quantity":     "a quantity: a number with a unit such as 64Mi or 250m",
	"amount":       "a quantity of 0 or more, with a unit such as 64Mi or 250m",
	"size":         "a quantity above 0, with a unit such as 8Gi",
	"labelValue":   "a label's value: letters, digits, -, _ and ., at most 63",
	"text":         "text on one line",
	"duration":     "a duration: a number with a unit such as 100ms, 5s or 1m30s",
	"name":         "a Kubernetes name: lower-case letters, digits, - and .",
	"label":        "lower-case letters, digits and -, at most 63",
	"topic":        "a Kafka topic: letters, digits, ., _ and -",
	"image":        "an image reference, best with @sha256:...",
	"percentOrInt": `a number, or a percentage such as "50%"`,
}

// Explain describes the field at a path such as
// functions.scaling.lagThreshold. Keys of maps may be given, left out, or
// written <name>; an index such as [0] too. The empty path is the top level.
func Explain(path string) (Explanation, error) {
	words := strings.FieldsFunc(strings.ReplaceAll(path, "[", ".["), func(r rune) bool { return r == '.' })
	o, at := &objectValues, ""
	var f *Field
	from := inherited{value: Defaults()}
	for i := 0; i < len(words); i++ {
		w := words[i]
		if strings.HasPrefix(w, "[") {
			if f == nil || f.Kind != KindList {
				return Explanation{}, fmt.Errorf("explaining %q: %s is not a list", path, orTop(at))
			}
			continue
		}
		if o == nil {
			if f.Elem != "" || f.Kind == KindAny || f.Open {
				break // a key or element of free choice: its field says it all
			}
			return Explanation{}, fmt.Errorf("explaining %q: %s is %s and has no key %q", path, at, article(typeName(f)), w)
		}
		next := o.Field(w)
		isMap := f != nil && f.Kind == KindMap && f.Object == o
		if isMap && (next == nil || !fieldFollows(next, words[i+1:]) && i+1 < len(words) && o.Field(words[i+1]) != nil) {
			// The word is the name of an entry, unless it is a typing mistake.
			if strings.HasPrefix(w, "<") || i+1 < len(words) || len(nearFields(o, w)) == 0 {
				from = from.entry(at)
				at += ".<name>"
				f = &Field{Name: "<name>", Kind: KindObject, Object: o, Doc: o.Doc}
				continue
			}
		}
		if next == nil {
			if o.Open && f != nil {
				return Explanation{}, fmt.Errorf(
					"explaining %q: %s is passed on as it is; its own documentation describes %q",
					path, at, w,
				)
			}
			return Explanation{}, noField(path, at, w, o)
		}
		if isMap {
			from = from.entry(at)
			at += ".<name>"
		}
		at = joinDot(at, w)
		f, o = next, next.Object
		from = from.below(f)
	}
	if f == nil {
		e := Explanation{Type: "object", Doc: objectValues.Doc}
		e.children(&objectValues, from)
		return e, nil
	}
	return explainField(at, f, from), nil
}

// fieldFollows reports whether a path can go on below a field.
func fieldFollows(f *Field, rest []string) bool {
	if len(rest) == 0 {
		return true
	}
	return f.Object != nil && (f.Kind != KindObject || f.Object.Field(rest[0]) != nil) || f.Object == nil && f.Elem != ""
}

func explainField(at string, f *Field, from inherited) Explanation {
	e := Explanation{
		Path: at, Type: typeName(f), Doc: f.Doc, Default: from.text(f), Enum: f.Enum,
		Format: formatWords[f.Format], Keda: from.keda, Example: f.Example,
	}
	switch {
	case f.HasMin && f.HasMax:
		e.Bounds = "from " + strconv.Itoa(f.Min) + " to " + strconv.Itoa(f.Max)
	case f.HasMin:
		e.Bounds = "at least " + strconv.Itoa(f.Min)
	case f.HasMax:
		e.Bounds = "at most " + strconv.Itoa(f.Max)
	}
	if e.Default == "" {
		switch f.Kind {
		case KindMap:
			e.Default = "{}"
		case KindList:
			e.Default = "[]"
		}
	}
	if f.Object != nil {
		if f.Doc != f.Object.Doc && f.Kind == KindObject {
			e.Doc = strings.TrimSpace(f.Doc + " " + f.Object.Doc)
		}
		if f.Kind == KindMap {
			from = from.entry(at)
		}
		e.children(f.Object, from)
	}
	return e
}

func (e *Explanation) children(o *Object, from inherited) {
	for i := range o.Fields {
		f := &o.Fields[i]
		e.Children = append(e.Children, Child{Name: f.Name, Type: typeName(f), Default: from.below(f).text(f), Doc: f.Doc})
	}
}

func typeName(f *Field) string {
	elem := string(f.Elem)
	if f.Elem == KindObject {
		elem = f.Object.Name
	}
	switch f.Kind {
	case KindMap:
		return "map of " + elem
	case KindList:
		return "list of " + elem
	case KindAny:
		if f.Format == "percentOrInt" {
			return "integer or percentage"
		}
	}
	return string(f.Kind)
}

func article(s string) string {
	if strings.IndexByte("aeiou", s[0]) >= 0 {
		return "an " + s
	}
	return "a " + s
}

func orTop(at string) string {
	if at == "" {
		return "the top level"
	}
	return at
}

func joinDot(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}

func nearFields(o *Object, name string) []string {
	var names []string
	for i := range o.Fields {
		names = append(names, o.Fields[i].Name)
	}
	if best := suggest.Nearest(name, names); best != "" {
		return []string{best}
	}
	return nil
}

func noField(path, at, name string, o *Object) error {
	where := orTop(at)
	if near := nearFields(o, name); len(near) > 0 {
		return fmt.Errorf("explaining %q: %s has no key %q; did you mean %s?", path, where, name, joinDot(at, near[0]))
	}
	if s := KedaSpelling(o, name, ""); s != "" && at != "" {
		return fmt.Errorf("explaining %q: %s has no key %q; here it is called %s", path, where, name, joinDot(at, s))
	}
	if at == "" { // rather functions.x than defaults.x
		for _, m := range []string{"functions", "workloads"} {
			if s := Nested(objectValues.Field(m).Object, name, 3); s != "" {
				return fmt.Errorf("explaining %q: the top level has no key %q; did you mean %s.%s?", path, name, m, s)
			}
			if s := KedaSpelling(objectValues.Field(m).Object, name, ""); s != "" {
				return fmt.Errorf("explaining %q: the top level has no key %q; here it is called %s.%s", path, name, m, s)
			}
		}
	}
	if s := Nested(o, name, 3); s != "" {
		return fmt.Errorf("explaining %q: %s has no key %q; did you mean %s?", path, where, name, joinDot(at, s))
	}
	var names []string
	for i := range o.Fields {
		names = append(names, o.Fields[i].Name)
	}
	return fmt.Errorf("explaining %q: %s has no key %q; its keys are %s", path, where, name, strings.Join(names, ", "))
}
