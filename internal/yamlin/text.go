// SPDX-License-Identifier: Apache-2.0

package yamlin

import "strings"

// text reads a block of text (| or >) below a key or dash in the given column, and
// goes to the next line with content.
func (p *parser) text(column int) (any, bool) {
	folded := p.s[p.at] == '>'
	header := strings.TrimRight(p.s[p.at+1:p.end], " ")
	if header != "" && header != "-" && header != "+" {
		return nil, false
	}
	var b strings.Builder
	var (
		indent   = 0     // of the text, once known
		longest  = 0     // of the blank lines before it
		breaks   = 0     // blank lines since the last text
		pending  = false // the line break of the last text is not written yet
		spaced   = false // the last text starts with a space
		position = p.end + 1
	)
	for position < len(p.s) {
		end := strings.IndexByte(p.s[position:], '\n')
		if end < 0 {
			return nil, false // the end of the file is left to the library
		}
		line := p.s[position : position+end]
		start := 0
		for start < len(line) && line[start] == ' ' && (indent == 0 || start < indent) {
			start++
		}
		if start == len(line) {
			if indent == 0 {
				longest = max(longest, start)
			}
			breaks++
			position += end + 1
			continue
		}
		if indent == 0 {
			if start <= column || longest > start {
				if longest > column {
					return nil, false
				}
				break
			}
			indent = start
		}
		if start < indent {
			break
		}
		line = line[indent:]
		blank := line[0] == ' '
		switch {
		case folded && pending && !spaced && !blank:
			if breaks == 0 {
				b.WriteByte(' ')
			}
		case pending:
			b.WriteByte('\n')
		}
		for range breaks {
			b.WriteByte('\n')
		}
		b.WriteString(line)
		pending, spaced, breaks = true, blank, 0
		position += end + 1
	}
	if pending && header != "-" {
		b.WriteByte('\n')
	}
	if header == "+" {
		for range breaks {
			b.WriteByte('\n')
		}
	}
	p.from(position)
	return b.String(), true
}
