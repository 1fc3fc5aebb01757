// SPDX-License-Identifier: Apache-2.0

package yamlin

import (
	"strings"
	"unicode/utf8"
)

// maxDepth is how deep blocks and brackets may be nested. Deeper ones are left to the
// library, which has a message for them.
const maxDepth = 40

// Scalars say how to resolve unquoted text.
type Scalars struct {
	// Plain returns the value of a text. It is not ok for a text that should be
	// left to the library.
	Plain func(text string) (v any, ok bool)
	// Key returns the name of a key. It is not ok like Plain.
	Key func(text string) (name string, ok bool)
}

// Parse reads one document that is a mapping in block style with at most limit values.
// It is not ok for anything unusual and for every mistake; why then says what it
// found.
func Parse(data []byte, scalars Scalars, limit int) (tree map[string]any, why Trouble, ok bool) {
	p := &parser{scalars: scalars, left: limit, values: true}
	tree, ok = p.document(data)
	return tree, Trouble{At: p.at, Many: p.left < 0, Shared: p.shared, Twice: p.twice, Bytes: p.bytes, anchors: p.anchors}, ok
}

// document reads all of the data.
func (p *parser) document(data []byte) (map[string]any, bool) {
	ascii, odd := usual(data)
	if odd >= 0 || !ascii && !utf8.Valid(data) {
		p.at, p.bytes = max(odd, 0), true
		return nil, false
	}
	p.s = string(data)
	if !p.next() {
		return nil, false
	}
	if p.s[p.at:p.end] == "---" && p.indent == 0 && !p.next() {
		return nil, false
	}
	if p.here != nil {
		p.last = Place{Line: 1, Column: 1}
		p.here.Place = p.place(p.at)
	}
	m, ok := p.mapping(p.indent, 0)
	if !ok || p.odd || !p.eof {
		return nil, false
	}
	return m, true
}

// parser is at a line with content.
type parser struct {
	s       string
	scalars Scalars

	at, end int // the rest of the line
	indent  int // of the line
	eof     bool
	odd     bool   // next came to something for the library
	bytes   bool   // some bytes are not usual text
	left    int    // how many more values there may be
	values  bool   // make the tree
	twice   string // a key that was given twice
	here    *Node  // where to record places; nil records none
	last    Place  // that was recorded
	lastAt  int    // its offset

	anchors map[string]*anchor
	shared  bool // there are aliases or merge keys
	copied  int  // how many values aliases have expanded to
	deepest int  // the greatest depth since the last anchor began
}

// next goes to the next line that is neither blank nor a comment.
func (p *parser) next() bool {
	if p.eof {
		return false
	}
	start := 0
	if p.end > 0 {
		start = p.end + 1
	}
	return p.from(start)
}

// from goes to the first line with content at or after the offset of a line.
func (p *parser) from(start int) bool {
	for start < len(p.s) {
		end := strings.IndexByte(p.s[start:], '\n')
		if end < 0 {
			end = len(p.s)
		} else {
			end += start
		}
		at := start
		for at < end && p.s[at] == ' ' {
			at++
		}
		if at < end && p.s[at] != '#' {
			p.at, p.end, p.indent = at, end, at-start
			if at == start && marker(p.s[at:end]) {
				p.odd = start > 0 && p.seen(start)
			}
			return true
		}
		start = end + 1
	}
	p.eof, p.indent, p.at, p.end = true, -1, len(p.s), len(p.s)
	return false
}

// marker reports whether a line begins or ends a document, or is a directive.
func marker(line string) bool {
	return strings.HasPrefix(line, "---") || strings.HasPrefix(line, "...") || line[0] == '%'
}

// seen reports whether there is content before the offset.
func (p *parser) seen(offset int) bool {
	before := parser{s: p.s[:offset]}
	return before.from(0)
}

// spaces skips spaces in the line.
func (p *parser) spaces() {
	for p.at < p.end && p.s[p.at] == ' ' {
		p.at++
	}
}

// rest reports whether the rest of the line is empty or a comment.
func (p *parser) rest() bool {
	start := p.at
	p.spaces()
	return p.at == p.end || p.s[p.at] == '#' && p.at > start
}

// item reports whether the parser is at an item of a list.
func (p *parser) item() bool {
	return !p.eof && p.s[p.at] == '-' && (p.at+1 == p.end || p.s[p.at+1] == ' ')
}

// mapping reads the keys in the given column, beginning at the present position.
func (p *parser) mapping(column, depth int) (map[string]any, bool) {
	if !p.nest(depth) {
		return nil, false
	}
	f := fields{m: make(map[string]any)}
	above := p.here
	for {
		at := p.at
		name, ok := p.key(false)
		if !ok || !p.enter(above, name, at) {
			return nil, false
		}
		v, ok := p.value(column, depth)
		if !ok || p.odd {
			return nil, false
		}
		p.here = above
		if !p.put(&f, name, v, at) {
			return nil, false
		}
		if p.eof || p.indent < column {
			return f.m, true
		}
		if p.indent != column || p.item() {
			return nil, false
		}
	}
}

// nest notes a depth of blocks and brackets, and reports whether it is allowed.
func (p *parser) nest(depth int) bool {
	p.deepest = max(p.deepest, depth)
	return depth <= maxDepth
}

// value reads what follows a key, and goes to the next line.
func (p *parser) value(column, depth int) (any, bool) {
	if p.rest() {
		if !p.next() || p.indent < column {
			return nil, true
		}
		if p.indent == column {
			if !p.item() {
				return nil, true
			}
			return p.list(column, depth+1)
		}
		return p.block(depth + 1)
	}
	if p.s[p.at] == '&' {
		return p.anchored(column, depth, false)
	}
	return p.inline(column, depth)
}

// block reads a mapping or list at the start of a line, where templates also write
// `{}` and `[]`.
func (p *parser) block(depth int) (any, bool) {
	switch c := p.s[p.at]; {
	case p.item():
		return p.list(p.indent, depth)
	case c == '{' || c == '[':
		return p.inline(p.indent, depth)
	}
	return p.mapping(p.indent, depth)
}

// list reads the items whose dashes are in the given column.
func (p *parser) list(column, depth int) (any, bool) {
	if !p.nest(depth) {
		return nil, false
	}
	list := []any{}
	above := p.here
	if above != nil {
		above.List = true
	}
	for {
		start := p.at
		p.at++
		v, ok := any(nil), true
		switch {
		case p.rest():
			at, below := start+1, p.next() && p.indent > column
			if below {
				at = p.at
			}
			if !p.enter(above, "", at) {
				return nil, false
			}
			if below {
				v, ok = p.block(depth + 1)
			}
		case p.item():
			return nil, false
		case p.s[p.at] == '&':
			if !p.enter(above, "", p.at) {
				return nil, false
			}
			v, ok = p.anchored(column, depth, true)
		default:
			// `- key: value` starts a mapping in the key's column.
			at := p.at
			if !p.enter(above, "", at) {
				return nil, false
			}
			if _, isKey := p.key(false); isKey {
				p.at = at
				v, ok = p.mapping(column+at-start, depth+1)
			} else {
				p.at = at
				v, ok = p.inline(column, depth)
			}
		}
		if !ok || p.odd {
			return nil, false
		}
		p.here = above
		list = append(list, v)
		if p.eof || p.indent < column || p.indent == column && !p.item() {
			return list, true
		}
		if p.indent != column {
			return nil, false
		}
	}
}

// inline reads a value that begins in the line of its key or dash, which is in the
// given column, and goes to the next line.
func (p *parser) inline(column, depth int) (any, bool) {
	var v any
	ok := true
	switch c := p.s[p.at]; c {
	case '"', '\'':
		at := p.at
		if v, ok = p.quoted(); !ok && c == '\'' {
			p.at = at
			v, ok = p.quotedLines(column)
		}
	case '[', '{':
		v, ok = p.flow(depth + 1)
	case '*':
		v, ok = p.alias(depth + 1)
	case '|', '>':
		return p.text(column)
	default:
		text := p.s[p.at:p.end]
		comment := strings.Index(text, " #")
		if comment >= 0 {
			text = text[:comment]
		}
		text = strings.TrimRight(text, " ")
		if !plainStart(text) || colon(text) {
			return nil, false
		}
		p.at = p.end
		if comment < 0 && p.deeper(column) {
			return p.continued(text, column)
		}
		v, ok = p.plain(text)
	}
	if !ok || !p.rest() {
		return nil, false
	}
	p.next()
	return v, true
}

// colon reports whether a colon in the text would make a key of what is before it.
func colon(text string) bool {
	for {
		i := strings.IndexByte(text, ':')
		if i < 0 {
			return false
		}
		if text = text[i+1:]; text == "" || text[0] == ' ' {
			return true
		}
	}
}
