// SPDX-License-Identifier: Apache-2.0

package diff

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The colours of a terminal.
const (
	red    = "31"
	green  = "32"
	yellow = "33"
	bold   = "1"
)

// Paint returns text in a colour, or unchanged.
type Paint func(colour, text string) string

// Plain is the Paint for files and pipes.
func Plain(_, text string) string { return text }

// Colourful is the Paint for terminals.
func Colourful(colour, text string) string {
	if colour == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// The text for people is shortened; programs get the full values as JSON.
const (
	maxValue = 56 // characters of a value
	maxLines = 24 // lines of a text
)

// signs are the sign and the colour of each kind of change.
var signs = map[Op]struct{ sign, colour string }{
	Added: {"+", green}, Removed: {"-", red}, Changed: {"~", yellow}, Moved: {"~", yellow}, "": {" ", ""},
}

// Text returns the report for people.
func (r *Report) Text(paint Paint) string {
	var b strings.Builder
	for i := range r.Objects {
		r.Objects[i].print(&b, paint)
	}
	for _, note := range r.Notes {
		b.WriteString("note: " + printable(note) + "\n")
	}
	b.WriteString(paint(bold, printable(r.Summary())) + "\n")
	return b.String()
}

func (o *ObjectChange) print(b *strings.Builder, paint Paint) {
	s := signs[o.Op]
	b.WriteString(paint(s.colour, s.sign+" "+printable(o.ID.String())))
	for i, e := range o.Effects {
		b.WriteString(map[bool]string{true: "  (", false: "; "}[i == 0] + string(e))
	}
	if len(o.Effects) > 0 {
		b.WriteByte(')')
	}
	b.WriteByte('\n')
	for i := range o.Fields {
		o.Fields[i].print(b, paint)
	}
}

func (f *Field) print(b *strings.Builder, paint Paint) {
	s := signs[f.Op]
	fmt.Fprintf(b, "    %s %s", paint(s.colour, s.sign), printable(f.Path))
	switch {
	case f.Lines != nil:
		b.WriteString(":\n")
		printLines(b, f.Lines, paint)
		return
	case f.Op == Moved && short(f.Old) == short(f.New):
		b.WriteString(": moved: " + cut(short(f.New), 0))
	case f.Op == Moved:
		b.WriteString(": order " + cut(short(f.Old), 0) + " -> " + cut(short(f.New), 0))
	case f.Op == Added:
		b.WriteString(": " + paint(green, cut(short(f.New), 0)))
	case f.Op == Removed:
		b.WriteString(": " + paint(red, cut(short(f.Old), 0)))
	default:
		was, is := short(f.Old), short(f.New)
		from := differ(was, is)
		b.WriteString(": " + paint(red, cut(was, from)) + " -> " + paint(green, cut(is, from)))
	}
	b.WriteByte('\n')
}

func printLines(b *strings.Builder, list []Line, paint Paint) {
	for i, line := range list {
		if i == maxLines {
			fmt.Fprintf(b, "        ... %d more lines\n", len(list)-i)
			return
		}
		s := signs[line.Op]
		text, ended := strings.CutSuffix(line.Text, "\n")
		text = cut(printable(text), 0)
		if !ended {
			text += "  (no newline at the end)"
		}
		fmt.Fprintf(b, "        %4d %s\n", line.Number, paint(s.colour, s.sign+" "+text))
	}
}

// short returns a value as JSON on one line.
func short(v any) string {
	data, err := encode(v, "")
	if err != nil {
		return kindOf(v)
	}
	return printable(strings.TrimSuffix(string(data), "\n"))
}

// cut shortens long text. If both sides begin with the same bytes, from is how many,
// and most of them are left out.
func cut(s string, from int) string {
	if utf8.RuneCountInString(s) <= maxValue {
		return s
	}
	const lead = 20 // common bytes that stay
	head := ""
	if from -= lead; from > lead {
		for !utf8.RuneStart(s[from]) {
			from--
		}
		head, s = "...", s[from:]
	}
	if n := utf8.RuneCountInString(s); n > maxValue {
		return head + string([]rune(s)[:maxValue]) + "..."
	}
	return head + s
}

// differ returns where two texts begin to differ.
func differ(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return min(n, len(a)-1, len(b)-1)
}

// printable escapes the characters that a terminal would obey or not show.
func printable(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
