// SPDX-License-Identifier: Apache-2.0

package krm

import "strings"

// entry returns an object as an item of the list.
func (l *list) entry(text string) string {
	pad := strings.Repeat(" ", l.column)
	if separated(text) {
		for _, s := range separators {
			text = strings.ReplaceAll(text, s, s+pad+"  ")
		}
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i, line := range lines {
		switch {
		case i == 0:
			lines[i] = pad + "- " + line
		case line != "":
			lines[i] = pad + "  " + line
		}
	}
	return strings.Join(append(lines, ""), "\n")
}

// separators end a line in YAML, although they are not line breaks elsewhere.
var separators = [2]string{"\u2028", "\u2029"}

// separated reports whether a text contains one of them.
func separated(text string) bool {
	return strings.IndexByte(text, separators[0][0]) >= 0 &&
		(strings.Contains(text, separators[0]) || strings.Contains(text, separators[1]))
}

// pieces are the parts of the new list.
type pieces []string

func (p *pieces) add(text string) { *p = append(*p, text) }

// write puts the list together again. New results replace the old ones.
func (l *list) write(results string) []byte {
	var out pieces
	at := 0
	for i := range l.fields {
		f := &l.fields[i]
		out.add(l.text[at:f.from]) // comments before the first field
		at = f.to
		switch {
		case f.key == "items":
			l.addItems(&out, f.from)
		case f.key != "results" || results == "":
			out.add(l.text[f.from:f.to])
		}
	}
	if l.field("items") == nil {
		l.addItems(&out, 0)
	}
	if results != "" {
		out.add("results:\n" + results)
	}
	return []byte(strings.Join(out, ""))
}

// addItems adds the field items, which started at that offset.
func (l *list) addItems(out *pieces, from int) {
	head := len(*out)
	out.add("items: []\n")
	for _, o := range l.items {
		if !o.removed {
			out.add(o.raw)
		}
		for _, text := range o.after {
			out.add(text)
		}
	}
	for _, text := range l.tail {
		out.add(text)
	}
	switch {
	case len(*out) == head+1:
	case l.start > 0:
		(*out)[head] = l.text[from:l.start]
	default:
		(*out)[head] = "items:\n"
	}
}
