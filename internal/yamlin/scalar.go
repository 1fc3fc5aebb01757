// SPDX-License-Identifier: Apache-2.0

package yamlin

import "strings"

// maxKey is the length in bytes of the longest key that is read, far less than the
// library refuses.
const maxKey = 500

// class says what a character may do in unquoted text.
var class [256]uint8

const (
	inKey   = 1 << iota // it may be part of a key, and of text in brackets
	starts              // it may start text
	special             // it may start something other than text
)

func init() {
	for c := range 256 {
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '/':
			class[c] = inKey | starts
		case c >= '0' && c <= '9' || c == '.' || c == '+':
			class[c] = inKey | starts | special
		case c == '-':
			class[c] = inKey | special
		case c == '$' || c == '(' || c == '=' || c == '^' || c == ';' || c == '\\' || c >= 0x80:
			class[c] = starts
		case c == '~':
			class[c] = starts | special
		}
	}
	for _, c := range "yYnNtTfFoO" {
		class[c] |= special
	}
}

// plainStart reports whether unquoted text may start like this.
func plainStart(text string) bool {
	c := text[0]
	return class[c]&starts != 0 || c == '-' && len(text) > 1 && text[1] != ' '
}

// plain resolves unquoted text, unless no tree is needed.
func (p *parser) plain(text string) (any, bool) {
	c := text[0]
	if class[c]&special == 0 || !p.values {
		return text, true
	}
	if c >= '1' && c <= '9' && len(text) < 10 {
		n := 0
		for i := 0; i < len(text); i++ {
			d := text[i] - '0'
			if d > 9 {
				return p.scalars.Plain(text)
			}
			n = n*10 + int(d)
		}
		return float64(n), true
	}
	return p.scalars.Plain(text)
}

// key reads a key and its colon. In a flow, no space is needed after the colon of a
// quoted key.
func (p *parser) key(inFlow bool) (string, bool) {
	if p.at >= p.end {
		return "", false
	}
	c := p.s[p.at]
	if c == '"' || c == '\'' {
		start := p.at
		v, ok := p.quoted()
		if !ok || p.at-start > maxKey || p.at >= p.end || p.s[p.at] != ':' {
			return "", false
		}
		p.at++
		if !inFlow && p.at < p.end && p.s[p.at] != ' ' {
			return "", false
		}
		return v, true
	}
	if class[c]&(inKey|starts) != inKey|starts {
		if rest, ok := strings.CutPrefix(p.s[p.at:p.end], "<<:"); ok && (rest == "" || rest[0] == ' ') {
			p.at += len("<<:")
			p.shared = true
			return mergeKey, true
		}
		return "", false
	}
	start := p.at
	for i := p.at; i < p.end; i++ {
		c := p.s[i]
		if class[c]&inKey != 0 {
			continue
		}
		if c != ':' || i-start > maxKey {
			return "", false
		}
		if i+1 == p.end || p.s[i+1] == ' ' {
			p.at = i + 1
			text := p.s[start:i]
			if class[text[0]]&special == 0 {
				return text, true
			}
			return p.scalars.Key(text)
		}
		if inFlow && class[p.s[i+1]]&inKey == 0 {
			return "", false
		}
	}
	return "", false
}

// quoted reads quoted text that ends on the same line.
func (p *parser) quoted() (string, bool) {
	quote := p.s[p.at]
	p.at++
	line := p.s[p.at:p.end]
	i := strings.IndexByte(line, quote)
	if i < 0 {
		return "", false
	}
	if quote == '"' {
		if j := strings.IndexByte(line[:i], '\\'); j >= 0 {
			return p.escaped(line)
		}
	} else if i+1 < len(line) && line[i+1] == quote {
		return p.doubled(line)
	}
	p.at += i + 1
	return line[:i], true
}

// doubled reads text in single quotes that contains doubled quotes.
func (p *parser) doubled(line string) (string, bool) {
	var b strings.Builder
	for {
		i := strings.IndexByte(line, '\'')
		if i < 0 {
			return "", false
		}
		b.WriteString(line[:i])
		line = line[i+1:]
		p.at += i + 1
		if line == "" || line[0] != '\'' {
			return b.String(), true
		}
		b.WriteByte('\'')
		line = line[1:]
		p.at++
	}
}

// escaped reads text in double quotes that contains the usual escapes.
func (p *parser) escaped(line string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		c := line[i]
		if c == '"' {
			p.at += i + 1
			return b.String(), true
		}
		if c == '\\' {
			if i++; i == len(line) {
				return "", false
			}
			switch line[i] {
			case '"', '\\', '/':
				c = line[i]
			case 'n':
				c = '\n'
			case 't':
				c = '\t'
			case 'r':
				c = '\r'
			default:
				return "", false
			}
		}
		b.WriteByte(c)
	}
	return "", false
}
