// SPDX-License-Identifier: Apache-2.0

package yamlin

import "strings"

// flow reads a value in brackets or braces, on one line or several.
func (p *parser) flow(depth int) (any, bool) {
	if !p.nest(depth) {
		return nil, false
	}
	switch p.s[p.at] {
	case '[':
		p.at++
		return p.flowList(depth)
	case '{':
		p.at++
		return p.flowMap(depth)
	case '"', '\'':
		return p.quoted()
	case '*':
		return p.alias(depth)
	case '&':
		return p.named(depth, func() (any, bool) {
			if p.spaces(); p.at == p.end {
				return nil, false
			}
			return p.flow(depth)
		})
	}
	return p.flowPlain()
}

func (p *parser) flowList(depth int) (any, bool) {
	list := []any{}
	above := p.here
	if above != nil {
		above.List = true
	}
	for {
		if !p.gap() {
			return nil, false
		}
		if p.s[p.at] == ']' {
			p.at++
			return list, true
		}
		if !p.enter(above, "", p.at) {
			return nil, false
		}
		v, ok := p.flow(depth + 1)
		if !ok {
			return nil, false
		}
		p.here = above
		list = append(list, v)
		if !p.comma(']') {
			return nil, false
		}
	}
}

func (p *parser) flowMap(depth int) (any, bool) {
	f := fields{m: make(map[string]any)}
	above := p.here
	for {
		if !p.gap() {
			return nil, false
		}
		if p.s[p.at] == '}' {
			p.at++
			return f.m, true
		}
		at := p.at
		name, ok := p.key(true)
		if !ok || !p.enter(above, name, at) {
			return nil, false
		}
		p.spaces()
		if p.at == p.end {
			return nil, false
		}
		v, ok := p.flow(depth + 1)
		if !ok {
			return nil, false
		}
		p.here = above
		if !p.put(&f, name, v, at) || !p.comma('}') {
			return nil, false
		}
	}
}

// comma reads a comma, or stops before the closing bracket.
func (p *parser) comma(closing byte) bool {
	if !p.gap() {
		return false
	}
	if p.s[p.at] == ',' {
		p.at++
		return true
	}
	return p.s[p.at] == closing
}

// gap skips spaces, comments and line breaks between the parts of a flow.
func (p *parser) gap() bool {
	if !p.rest() {
		return true
	}
	return p.next() && !p.odd && p.indent > 0
}

// flowPlain reads text without quotes in a flow.
func (p *parser) flowPlain() (any, bool) {
	start := p.at
	if !plainStart(p.s[start:p.end]) {
		return nil, false
	}
	for i := start; i < p.end; i++ {
		c := p.s[i]
		if class[c]&(inKey|starts) != 0 || c == ' ' || c == '@' || c == '*' || c == ')' || c == '%' || c == '<' || c == '>' {
			continue
		}
		if c == ':' && i+1 < p.end && class[p.s[i+1]]&inKey != 0 {
			continue
		}
		if c != ',' && c != ']' && c != '}' {
			return nil, false
		}
		p.at = i
		return p.plain(strings.TrimRight(p.s[start:i], " "))
	}
	return nil, false // it may continue on the next line
}
