// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"maps"
	"slices"
	"strconv"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
	"github.com/helm-wasm/helm-wasm/stack/lint/rules"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// The rules of the walk: they say what does not fit a field, and know nothing of
// what it means.
var (
	keyRules   = with(func(r *rules.Rule) bool { return r.Key != nil })
	nameRules  = with(func(r *rules.Rule) bool { return r.Name != nil })
	typeRules  = with(func(r *rules.Rule) bool { return r.Type != nil })
	valueRules = with(func(r *rules.Rule) bool { return r.Value != nil })
)

func with(has func(*rules.Rule) bool) []*rules.Rule {
	return slices.DeleteFunc(slices.Clone(rules.All()), func(r *rules.Rule) bool { return !has(r) })
}

// walk compares a tree of values with the fields of an object.
type walk struct{ *pass.Pass }

func (w walk) object(path []string, m map[string]any, o *schema.Object, open bool) {
	open = open || o.Open
	keys := worthALook(m, o, open)
	p := below(path)
	for _, k := range keys {
		p[len(path)] = k
		if f := o.Field(k); f != nil {
			w.field(p, m[k], f)
		} else if !open {
			w.unknown(p, o)
		}
	}
	if rest := len(m) - len(keys); rest > 0 && !open {
		for _, r := range keyRules {
			w.Begin(r.ID, r.Severity)
			w.Count(rest)
		}
	}
}

// below is a path with a place for one more key: the same for all keys of a
// mapping, as nothing keeps a path.
func below(path []string) []string { return append(path[:len(path):len(path)], "") }

// worthALook are the keys of a mapping, sorted. Of one with far more keys than
// there are fields it takes the fields and the first of the others: to sort and
// look at all would take the sandbox a second.
func worthALook(m map[string]any, o *schema.Object, open bool) []string {
	if len(m) <= len(o.Fields)+2*pass.MaxAlike {
		return slices.Sorted(maps.Keys(m))
	}
	look := map[string]bool{}
	for i := range o.Fields {
		if _, ok := m[o.Fields[i].Name]; ok {
			look[o.Fields[i].Name] = true
		}
	}
	if !open {
		for _, k := range firstKeys(m, pass.MaxAlike+len(look)) {
			look[k] = true
		}
	}
	return slices.Sorted(maps.Keys(look))
}

func (w walk) field(path []string, v any, f *schema.Field) {
	if v == nil {
		return // takes the default away
	}
	switch f.Kind {
	case schema.KindObject:
		if m, ok := v.(map[string]any); ok {
			w.object(path, m, f.Object, f.Open)
			return
		}
		w.wrongType(path, v, f, f.Kind)
	case schema.KindMap:
		m, ok := v.(map[string]any)
		if !ok {
			w.wrongType(path, v, f, f.Kind)
			return
		}
		p := below(path)
		for _, k := range slices.Sorted(maps.Keys(m)) {
			p[len(path)] = k
			w.name(p, f)
			w.element(p, m[k], f)
		}
	case schema.KindList:
		list, ok := v.([]any)
		if !ok {
			w.wrongType(path, v, f, f.Kind)
			return
		}
		p := below(path)
		for i, e := range list {
			p[len(path)] = strconv.Itoa(i)
			w.element(p, e, f)
		}
	default:
		w.scalar(path, v, f, f.Kind)
	}
}

// element looks at what a map or a list holds.
func (w walk) element(path []string, v any, f *schema.Field) {
	switch {
	case v == nil:
	case f.Elem == schema.KindAny:
		if _, ok := v.(map[string]any); !ok && f.Format == "mapping" {
			w.wrongType(path, v, f, f.Elem)
		}
	case f.Elem == schema.KindObject:
		if m, ok := v.(map[string]any); ok {
			w.object(path, m, f.Object, false)
			return
		}
		w.wrongType(path, v, f, f.Elem)
	default:
		w.scalar(path, v, f, f.Elem)
	}
}

func (w walk) scalar(path []string, v any, f *schema.Field, kind schema.Kind) {
	fits, scalar := true, v
	switch kind {
	case schema.KindString:
		_, fits = v.(string)
	case schema.KindBoolean:
		_, fits = v.(bool)
	case schema.KindInteger:
		scalar, fits = schema.ToInteger(v)
	case schema.KindQuantity:
		var q schema.Quantity
		q, fits = schema.ToQuantity(v)
		scalar = string(q)
	}
	if !fits {
		w.wrongType(path, v, f, kind)
		return
	}
	for _, r := range valueRules {
		w.Begin(r.ID, r.Severity)
		r.Value(w.Pass, path, scalar, f)
	}
}

func (w walk) unknown(path []string, o *schema.Object) {
	for _, r := range keyRules {
		w.Begin(r.ID, r.Severity)
		r.Key(w.Pass, path, o)
	}
}

func (w walk) name(path []string, f *schema.Field) {
	for _, r := range nameRules {
		w.Begin(r.ID, r.Severity)
		r.Name(w.Pass, path, f)
	}
}

func (w walk) wrongType(path []string, v any, f *schema.Field, want schema.Kind) {
	for _, r := range typeRules {
		w.Begin(r.ID, r.Severity)
		r.Type(w.Pass, path, v, f, want)
	}
}
