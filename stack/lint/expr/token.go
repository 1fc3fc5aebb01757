// SPDX-License-Identifier: Apache-2.0

package expr

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// lexeme is a token of the expr language, in which KEDA reads
// scalingModifiers.formula.
type lexeme struct {
	kind byte // n number, i integer, s string, b bytes, w name, o operator or bracket, e end
	text string
}

// words are operators that are words.
var words = []string{"in", "or", "and", "not", "matches", "contains", "startsWith", "endsWith", "let", "if", "else"}

// next reads a token. Text that is none sets the parser's problem.
func (p *parser) next() {
	if p.hasStash {
		p.token, p.hasStash = p.stash, false
		return
	}
	p.skip()
	if p.problem != "" || p.pos >= len(p.in) {
		p.token = lexeme{kind: 'e'}
		return
	}
	start := p.pos
	c := p.in[p.pos]
	kind := byte('o')
	switch {
	case c == '\'' || c == '"':
		kind = 's'
		p.quoted(c)
	case c == '`':
		kind = 's'
		p.raw()
	case (c == 'b' || c == 'B') && p.pos+1 < len(p.in) && (p.in[p.pos+1] == '\'' || p.in[p.pos+1] == '"'):
		kind = 'b'
		p.pos++
		p.quoted(p.in[p.pos])
	case digit(c), c == '.' && p.pos+1 < len(p.in) && digit(p.in[p.pos+1]):
		kind = p.number()
	case strings.IndexByte("?|:.&!=*<>#", c) >= 0:
		p.pos++
		second := "&=*"
		switch c {
		case '?':
			second = ".?"
		case '|', ':', '.', '#':
			second = p.in[start : start+1]
		}
		if p.pos < len(p.in) && strings.IndexByte(second, p.in[p.pos]) >= 0 {
			p.pos++
		}
	case strings.IndexByte("()[]{},;%+-^/", c) >= 0:
		p.pos++
	default:
		n := wordLength(p.in[p.pos:])
		if n == 0 {
			r, _ := utf8.DecodeRuneInString(p.in[p.pos:])
			p.fail("it has the character " + strconv.Quote(string(r)))
			p.token = lexeme{kind: 'e'}
			return
		}
		p.pos += n
		if kind = 'w'; slices.Contains(words, p.in[start:p.pos]) {
			kind = 'o'
		}
	}
	p.token = lexeme{kind, p.in[start:p.pos]}
}

// skip passes over space and comments.
func (p *parser) skip() {
	for p.pos < len(p.in) {
		rest := p.in[p.pos:]
		switch r, size := utf8.DecodeRuneInString(rest); {
		case unicode.IsSpace(r):
			p.pos += size
		case strings.HasPrefix(rest, "//"):
			if i := strings.IndexByte(rest, '\n'); i >= 0 {
				p.pos += i + 1
			} else {
				p.pos = len(p.in)
			}
		case strings.HasPrefix(rest, "/*"):
			i := strings.Index(rest[2:], "*/")
			if i < 0 {
				p.fail("a comment has no end")
				return
			}
			p.pos += i + 4
		default:
			return
		}
	}
}

func wordLength(s string) int {
	for i, r := range s {
		if r != '_' && r != '$' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return i
		}
	}
	return len(s)
}

func (p *parser) quoted(quote byte) {
	for p.pos++; p.pos < len(p.in) && p.in[p.pos] != '\n'; p.pos++ {
		switch p.in[p.pos] {
		case quote:
			p.pos++
			return
		case '\\':
			p.pos++
		}
	}
	p.fail("a string has no end")
}

func (p *parser) raw() {
	for p.pos++; p.pos < len(p.in); p.pos++ {
		if p.in[p.pos] != '`' {
			continue
		}
		p.pos++
		if p.pos >= len(p.in) || p.in[p.pos] != '`' {
			return
		}
	}
	p.fail("a string has no end")
}

// number reads digits, and is lenient about which: expr alone knows all forms.
func (p *parser) number() byte {
	kind, start := byte('i'), p.pos
	for p.pos < len(p.in) {
		c := p.in[p.pos]
		hex := strings.HasPrefix(p.in[start:p.pos], "0x") || strings.HasPrefix(p.in[start:p.pos], "0X")
		switch {
		case c == '.' && strings.HasPrefix(p.in[p.pos:], ".."):
			return kind // a range: 1..2
		case c == '.' && kind == 'i' && !hex:
			kind = 'n'
		case (c == '+' || c == '-') && !hex && p.pos > start && (p.in[p.pos-1] == 'e' || p.in[p.pos-1] == 'E'):
		case (c == 'e' || c == 'E') && !hex:
			kind = 'n'
		case c == '_' || digit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			if !hex && c != '_' && !digit(c) && !(p.pos == start+1 && p.in[start] == '0' && strings.IndexByte("xXoObB", c) >= 0) {
				p.fail(strconv.Quote(p.in[start:p.pos+1]) + " is not a number")
				return kind
			}
		default:
			return kind
		}
		p.pos++
	}
	return kind
}

func digit(c byte) bool { return c >= '0' && c <= '9' }
