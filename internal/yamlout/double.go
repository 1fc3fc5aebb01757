// SPDX-License-Identifier: Apache-2.0

package yamlout

import (
	"strings"
	"unicode/utf8"
)

const upperHex = "0123456789ABCDEF"

func (w *writer) double(s string, a analysis, allowBreaks bool) {
	w.indicator(`"`, true, false, false)
	if a.singleQuote && w.fits(s, a, allowBreaks) && strings.IndexByte(s, '"') < 0 && strings.IndexByte(s, '\\') < 0 {
		w.out = append(w.out, s...)
	} else {
		w.escaped(s, allowBreaks)
	}
	w.indicator(`"`, false, false, false)
	w.whitespace, w.indention = false, false
}

func (w *writer) escaped(s string, allowBreaks bool) {
	// Whatever the position, the emitter looks for a byte order mark at the
	// start of the text, and then escapes every character.
	bom := strings.HasPrefix(s, "\ufeff")
	spaces := false
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case bom || c == '"' || c == '\\' || !isPrintable(s, i) || isBreak(s, i):
			r, n := utf8.DecodeRuneInString(s[i:])
			w.escape(r)
			i += n
			spaces = false
		case c == ' ':
			if allowBreaks && !spaces && w.column() > bestWidth && i > 0 && i < len(s)-1 {
				w.writeIndent()
				if spaceAt(s, i+1) {
					w.out = append(w.out, '\\')
				}
				i++
			} else {
				i = w.put(s, i)
			}
			spaces = true
		default:
			i = w.put(s, i)
			spaces = false
		}
	}
}

func (w *writer) escape(r rune) {
	w.out = append(w.out, '\\')
	switch r {
	case 0x00:
		w.out = append(w.out, '0')
	case 0x07:
		w.out = append(w.out, 'a')
	case 0x08:
		w.out = append(w.out, 'b')
	case 0x09:
		w.out = append(w.out, 't')
	case 0x0A:
		w.out = append(w.out, 'n')
	case 0x0B:
		w.out = append(w.out, 'v')
	case 0x0C:
		w.out = append(w.out, 'f')
	case 0x0D:
		w.out = append(w.out, 'r')
	case 0x1B:
		w.out = append(w.out, 'e')
	case '"', '\\':
		w.out = append(w.out, byte(r))
	case 0x85:
		w.out = append(w.out, 'N')
	case 0xA0:
		w.out = append(w.out, '_')
	case 0x2028:
		w.out = append(w.out, 'L')
	case 0x2029:
		w.out = append(w.out, 'P')
	default:
		switch {
		case r <= 0xFF:
			w.hex('x', r, 2)
		case r <= 0xFFFF:
			w.hex('u', r, 4)
		default:
			w.hex('U', r, 8)
		}
	}
}

func (w *writer) hex(mark byte, r rune, digits int) {
	w.out = append(w.out, mark)
	for shift := (digits - 1) * 4; shift >= 0; shift -= 4 {
		w.out = append(w.out, upperHex[(r>>uint(shift))&0xF])
	}
}
