// SPDX-License-Identifier: Apache-2.0

package yamlin

import "strings"

// deeper reports whether the next line has content to the right of the column.
func (p *parser) deeper(column int) bool {
	at := p.end + 1
	if at+column >= len(p.s) {
		return false
	}
	for i := at; i <= at+column; i++ {
		if p.s[i] != ' ' {
			return false
		}
	}
	return strings.TrimLeft(p.line(at), " ") != ""
}

// line returns the line that starts at an offset.
func (p *parser) line(at int) string {
	if i := strings.IndexByte(p.s[at:], '\n'); i >= 0 {
		return p.s[at : at+i]
	}
	return p.s[at:]
}

// continued reads unquoted text that continues on the next lines, to the right of the
// column, and goes to the line after them. Blank lines in it are left to the
// library.
func (p *parser) continued(text string, column int) (any, bool) {
	var b strings.Builder
	b.WriteString(text)
	for p.deeper(column) {
		at := p.end + 1
		line := p.line(at)
		p.end = at + len(line)
		line = strings.Trim(line, " ")
		if line[0] == '#' || strings.Contains(line, " #") || colon(line) {
			return nil, false
		}
		b.WriteByte(' ')
		b.WriteString(line)
	}
	p.at = p.end
	p.next()
	if !p.eof && p.indent > column {
		return nil, false
	}
	return p.plain(b.String())
}

// quotedLines reads text in single quotes that continues on the next lines, to the
// right of the column. Blank lines in it are left to the library.
func (p *parser) quotedLines(column int) (string, bool) {
	var b strings.Builder
	p.at++
	for {
		line := p.s[p.at:p.end]
		i := strings.IndexByte(line, '\'')
		switch {
		case i >= 0 && i+1 < len(line) && line[i+1] == '\'':
			b.WriteString(line[:i+1])
			p.at += i + 2
		case i >= 0:
			b.WriteString(line[:i])
			p.at += i + 1
			return b.String(), true
		case !p.deeper(column):
			return "", false
		default:
			b.WriteString(strings.TrimRight(line, " "))
			b.WriteByte(' ')
			p.at = p.end + 1
			p.end = p.at + len(p.line(p.at))
			p.spaces()
		}
	}
}
