// SPDX-License-Identifier: Apache-2.0

package yamlin

import "strings"

// mergeKey is the name of an unquoted <<. Text with a NUL is not read, so no other key
// has this name.
const mergeKey = "<<\x00"

// anchor is a value that aliases can refer to.
type anchor struct {
	value  any
	node   Node // the places below the value
	size   int  // how many values it contains, including itself
	height int  // how deep they are nested
	done   bool // false while it is being read: no value can contain itself
}

// name reads what follows an & or *.
func (p *parser) name() string {
	p.at++
	start := p.at
	for p.at < p.end {
		c := p.s[p.at]
		if class[c]&inKey == 0 || c == '/' || c == '.' || c == '+' {
			break
		}
		p.at++
	}
	return p.s[start:p.at]
}

// named reads an anchor and the value after it, which is at that depth. A later anchor
// of the same name replaces it, even one inside the value.
func (p *parser) named(depth int, value func() (any, bool)) (any, bool) {
	name := p.name()
	if name == "" || p.at < p.end && p.s[p.at] != ' ' {
		return nil, false
	}
	if next := strings.TrimLeft(p.s[p.at:p.end], " "); next != "" && (next[0] == '&' || next[0] == '*') {
		return nil, false
	}
	if p.anchors == nil {
		p.anchors = map[string]*anchor{}
	}
	a := &anchor{}
	p.anchors[name] = a
	here, left, deepest := p.here, p.left, p.deepest
	p.deepest = depth
	v, ok := value()
	if !ok {
		return nil, false
	}
	*a = anchor{value: v, size: 1 + left - p.left, height: p.deepest - depth, done: true}
	if here != nil {
		a.node = *here
	}
	p.deepest = max(p.deepest, deepest)
	return v, true
}

// anchored reads an anchor and its value below a key or a dash in the given column. An
// anchor without a value is left to the library.
func (p *parser) anchored(column, depth int, dash bool) (any, bool) {
	return p.named(depth+1, func() (any, bool) {
		if !p.rest() {
			return p.inline(column, depth)
		}
		at := p.at
		if !p.next() || p.indent < column || p.indent == column && (dash || !p.item()) {
			p.at = at
			return nil, false
		}
		if p.indent == column {
			return p.list(column, depth+1)
		}
		return p.block(depth + 1)
	})
}

// alias reads an alias at that depth and returns a copy of its value, so that changing
// one place does not change the others.
//
// All aliases together may expand to as many values as the text has bytes. So a bomb
// costs no more than text, and is left to the library.
func (p *parser) alias(depth int) (any, bool) {
	at := p.at
	a := p.anchors[p.name()]
	if a == nil || !a.done || !p.nest(depth+a.height) {
		p.at = at
		return nil, false
	}
	p.shared = true
	p.left -= a.size
	p.copied += a.size
	if p.left < 0 || p.copied > len(p.s) {
		p.at = at
		return nil, false
	}
	if p.here != nil {
		p.here.List, p.here.Children, p.here.Merged = a.node.List, a.node.Children, a.node.Merged
	}
	return Copy(a.value), true
}

// Copy returns a copy of a tree that shares no mapping or list with it.
func Copy(v any) any {
	switch v := v.(type) {
	case map[string]any:
		m := make(map[string]any, len(v))
		for name, e := range v {
			m[name] = Copy(e)
		}
		return m
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = Copy(e)
		}
		return list
	}
	return v
}

// fields are the fields of a mapping so far.
type fields struct {
	m      map[string]any
	merged map[string]bool // names that only merge keys have set
}

// put adds a key, unless the mapping has it. A merge key overrides the keys before it
// and is overridden by those after it.
func (p *parser) put(f *fields, name string, v any, at int) bool {
	if !p.values {
		return true
	}
	if name == mergeKey {
		_, isList := v.([]any)
		if f.merge(v) && !(isList && p.s[p.after(at+len("<<:"))] == '*') {
			return true
		}
		p.at = at
		return false
	}
	had := len(f.m)
	f.m[name] = v
	if len(f.m) > had {
		return true
	}
	if f.merged[name] {
		delete(f.merged, name)
		return true
	}
	p.twice, p.at = name, at
	return false
}

// after returns the offset of what follows the spaces.
func (p *parser) after(at int) int {
	for p.s[at] == ' ' {
		at++
	}
	return at
}

// merge sets the fields of a mapping or of a list of mappings.
func (f *fields) merge(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		if f.merged == nil {
			f.merged = map[string]bool{}
		}
		for name, e := range v {
			if _, had := f.m[name]; !had {
				f.merged[name] = true
			}
			f.m[name] = e
		}
		return true
	case []any:
		// The first one wins.
		for i := len(v) - 1; i >= 0; i-- {
			if m, ok := v[i].(map[string]any); !ok || !f.merge(m) {
				return false
			}
		}
		return true
	}
	return false
}

// WithoutAliases replaces aliases of values that were read before the trouble by {}, so
// that a part of the text can be read without the rest. If the trouble is in the
// bytes, nothing was read, and all aliases are replaced.
func (t Trouble) WithoutAliases(part []byte) []byte {
	p := parser{s: string(part), end: len(part)}
	for {
		i := strings.IndexByte(p.s[p.at:], '*')
		if i < 0 {
			return part
		}
		p.at += i
		start := p.at
		name := p.name()
		if a := t.anchors[name]; a != nil && a.done || t.Bytes && name != "" {
			for i := range part[start:p.at] {
				part[start+i] = ' '
			}
			copy(part[start:], "{}")
		}
	}
}
