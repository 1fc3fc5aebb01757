// SPDX-License-Identifier: Apache-2.0

package yamlin

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"
)

// maxDepth is how deep blocks and brackets may nest before the library is
// asked, which has a message for too deep.
const maxDepth = 40

// Scalars resolve unquoted text.
type Scalars struct {
	// Plain is a value; ok is false where it is better not to say.
	Plain func(text string) (v any, ok bool)
	// Key is the name that a key stands for.
	Key func(text string) (name string, ok bool)
}

// Parse reads one document that is a mapping in block style, of at most limit
// values. It is not ok for anything unusual and for every mistake.
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
		p.here.At = p.at
	}
	m, ok := p.mapping(p.indent, 0)
	if !ok || p.odd || !p.eof {
		return nil, false
	}
	return m, true
}

// usual tells whether the text is ASCII, and where it has a tab, another
// control, or a character that YAML takes for the end of a line or refuses;
// -1 is nowhere.
func usual(data []byte) (ascii bool, odd int) {
	ascii = true
	size := len(data)
	for len(data) > 0 {
		left := len(data)
		line := data
		if i := bytes.IndexByte(data, '\n'); i >= 0 {
			line, data = data[:i], data[i+1:]
		} else {
			data = nil
		}
		// Eight bytes at a time: the sandbox charges for each round of a loop.
		for len(line) >= 8 && printable(binary.LittleEndian.Uint64(line)) {
			line = line[8:]
		}
		for i, c := range line {
			if c >= ' ' && c < 0x7f {
				continue
			}
			if c < 0x80 {
				return false, size - left
			}
			ascii = false
			next := line[i+1:]
			switch {
			case c == 0xc2: // NEL and other controls
				if len(next) == 0 || next[0] < 0xa0 {
					return false, size - left
				}
			case c == 0xe2: // line and paragraph separator
				if len(next) < 2 || next[0] == 0x80 && next[1]&0xfe == 0xa8 {
					return false, size - left
				}
			case c == 0xef: // byte order mark, not characters
				if len(next) == 0 || next[0] >= 0xb7 {
					return false, size - left
				}
			}
		}
	}
	return ascii, -1
}

// printable says that eight bytes are all ASCII, from space to tilde. A carry
// between bytes can only add false alarms, which take the slow way.
func printable(w uint64) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	return (w|(w-0x20*ones)|(w+ones))&highs == 0
}

// parser stands on a line that has content.
type parser struct {
	s       string
	scalars Scalars

	at, end int // what is left of the line
	indent  int // of the line
	eof     bool
	odd     bool   // something that next met is for the library
	bytes   bool   // some are not text
	left    int    // values that may still come
	values  bool   // make the tree
	twice   string // a key that was given twice
	here    *Node  // where to record what stands where; nil records nothing

	anchors map[string]*anchor
	shared  bool // there are aliases or merge keys
	copied  int  // values that aliases stand for
	deepest int  // depth since the last anchor began
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

// from goes to the first line with content from the offset, where a line starts.
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

// marker says that a line starts or ends a document, or a directive.
func marker(line string) bool {
	return strings.HasPrefix(line, "---") || strings.HasPrefix(line, "...") || line[0] == '%'
}

// seen says that there is content before the offset.
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

// rest says that nothing but a comment is left of the line.
func (p *parser) rest() bool {
	start := p.at
	p.spaces()
	return p.at == p.end || p.s[p.at] == '#' && p.at > start
}

// item says that the line is at an item of a list.
func (p *parser) item() bool {
	return !p.eof && p.s[p.at] == '-' && (p.at+1 == p.end || p.s[p.at+1] == ' ')
}

// mapping reads the keys that stand in the given column, from the present
// position in its line.
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

// nest goes to a depth of blocks and brackets.
func (p *parser) nest(depth int) bool {
	p.deepest = max(p.deepest, depth)
	return depth <= maxDepth
}

// value reads what follows a key and ends on the next line.
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

// block reads a mapping or a list that starts the line; templates also write
// `{}` and `[]` there.
func (p *parser) block(depth int) (any, bool) {
	switch c := p.s[p.at]; {
	case p.item():
		return p.list(p.indent, depth)
	case c == '{' || c == '[':
		return p.inline(p.indent, depth)
	}
	return p.mapping(p.indent, depth)
}

// list reads items whose dashes stand in the given column.
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

// inline reads a value that starts in the line, below a key or dash in the
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

// colon says that the text is, or has in it, something with a value.
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
