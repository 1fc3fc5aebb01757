// SPDX-License-Identifier: Apache-2.0

package yamlout

import "strings"

func (w *writer) str(s string, c context) error {
	text, a, err := inspect(s)
	if err != nil {
		return err
	}
	w.scalar(text, a, c)
	return nil
}

// scalar chooses the style as the emitter does: a literal block for text with line
// feeds, no quotes if the text is then still this string, single quotes if its
// characters need quotes, and double quotes for the rest and for words that would
// otherwise have another type.
func (w *writer) scalar(s string, a analysis, c context) {
	old := w.increaseIndent(true, false)
	switch {
	case a.multiline && a.block && !c.simpleKey:
		w.literal(s)
	case a.multiline:
		w.double(s, a, !c.simpleKey)
	case !plainIsString(s):
		w.double(s, a, !c.simpleKey)
	case c.simpleKey && a.lineBreaks:
		w.double(s, a, false)
	case a.plain:
		w.plainText(s, a, !c.simpleKey)
	case a.singleQuote:
		w.single(s, a, !c.simpleKey)
	default:
		w.double(s, a, !c.simpleKey)
	}
	w.indent = old
}

// put copies the character at i and returns the index after it.
func (w *writer) put(s string, i int) int {
	n := width(s[i])
	w.out = append(w.out, s[i:i+n]...)
	w.multibyte += n - 1
	return i + n
}

// putBreak copies the line break at i.
func (w *writer) putBreak(s string, i int) int {
	if s[i] == '\n' {
		w.newline()
		return i + 1
	}
	i = w.put(s, i)
	w.lineStart, w.multibyte = len(w.out), 0
	return i
}

// fits reports whether s can be copied as a whole: each character is one byte, there
// is no line break, and the text is too short to fold.
func (w *writer) fits(s string, a analysis, allowBreaks bool) bool {
	return a.ascii && !a.lineBreaks && (!allowBreaks || w.column()+len(s) <= bestWidth || strings.IndexByte(s, ' ') < 0)
}

func (w *writer) plainText(s string, a analysis, allowBreaks bool) {
	if !w.whitespace {
		w.out = append(w.out, ' ')
	}
	if w.fits(s, a, allowBreaks) {
		w.out = append(w.out, s...)
	} else {
		spaces := false
		for i := 0; i < len(s); {
			if s[i] != ' ' {
				i = w.put(s, i)
				w.indention, spaces = false, false
				continue
			}
			if allowBreaks && !spaces && w.column() > bestWidth && !spaceAt(s, i+1) {
				w.writeIndent()
				i++
			} else {
				i = w.put(s, i)
			}
			spaces = true
		}
	}
	w.whitespace, w.indention = false, false
}

func spaceAt(s string, i int) bool { return i < len(s) && s[i] == ' ' }

func (w *writer) single(s string, a analysis, allowBreaks bool) {
	w.indicator("'", true, false, false)
	if w.fits(s, a, allowBreaks) && strings.IndexByte(s, '\'') < 0 {
		w.out = append(w.out, s...)
		w.indicator("'", false, false, false)
		w.whitespace, w.indention = false, false
		return
	}
	spaces, breaks := false, false
	for i := 0; i < len(s); {
		switch {
		case s[i] == ' ':
			if allowBreaks && !spaces && w.column() > bestWidth && i > 0 && i < len(s)-1 && !spaceAt(s, i+1) {
				w.writeIndent()
				i++
			} else {
				i = w.put(s, i)
			}
			spaces = true
		case isBreak(s, i):
			if !breaks && s[i] == '\n' {
				w.newline()
			}
			i = w.putBreak(s, i)
			w.indention, breaks = true, true
		default:
			if breaks {
				w.writeIndent()
			}
			if s[i] == '\'' {
				w.out = append(w.out, '\'')
			}
			i = w.put(s, i)
			w.indention, spaces, breaks = false, false, false
		}
	}
	w.indicator("'", false, false, false)
	w.whitespace, w.indention = false, false
}

func (w *writer) literal(s string) {
	w.indicator("|", true, false, false)
	if s[0] == ' ' || isBreak(s, 0) {
		w.indicator("2", false, false, false)
	}
	if hint := chomp(s); hint != "" {
		w.indicator(hint, false, false, false)
	}
	w.newline()
	w.indention, w.whitespace = true, true
	breaks := true
	for i := 0; i < len(s); {
		if isBreak(s, i) {
			i = w.putBreak(s, i)
			w.indention, breaks = true, true
			continue
		}
		if breaks {
			w.writeIndent()
		}
		// The rest of the line is copied at once.
		end := i
		for end < len(s) && !isBreak(s, end) {
			n := width(s[end])
			end += n
			w.multibyte += n - 1
		}
		w.out = append(w.out, s[i:end]...)
		i = end
		w.indention, breaks = false, false
	}
}

// chomp returns the hint after "|" that preserves the final line breaks.
func chomp(s string) string {
	i := lastChar(s, len(s))
	switch {
	case !isBreak(s, i):
		return "-"
	case i == 0 || isBreak(s, lastChar(s, i)):
		return "+"
	}
	return ""
}

func lastChar(s string, end int) int {
	i := end - 1
	for s[i]&0xC0 == 0x80 {
		i--
	}
	return i
}
