// SPDX-License-Identifier: Apache-2.0

package diff

import (
	"strings"
)

// inside separates a field from the path in the document that its text contains.
const inside = " > "

// around is the number of equal lines that are shown before and after a difference.
const around = 1

// Line is one line of a text. Op is Added, Removed, or "" for a line on both sides.
// Number counts from 1, on the old side for removed lines and otherwise on the new.
type Line struct {
	Op     Op     `json:"change,omitempty"`
	Number int    `json:"number"`
	Text   string `json:"text"`
}

// text compares texts: field by field if both sides contain a document, and line by
// line if they have several lines.
func (c *comparison) text(path, old, new string) {
	if was, is := document(old), document(new); was != nil && kindOf(was) == kindOf(is) {
		n := len(c.fields)
		c.value(path+inside, "", was, is)
		if len(c.fields) > n {
			return
		}
		// The documents are equal, but written differently, which may matter to
		// whoever reads the text.
	}
	f := Field{Op: Changed, Path: path, Old: old, New: new}
	if strings.Contains(old, "\n") || strings.Contains(new, "\n") {
		f.Lines = lines(old, new)
	}
	c.add(f)
}

// document returns the mapping or list in a text that looks like YAML or JSON, nil if
// there is none.
func document(text string) any {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" || trimmed[0] != '{' && trimmed[0] != '[' && !strings.Contains(trimmed, "\n") {
		return nil
	}
	// Only the first of several documents would be compared.
	if docs := split(text); len(docs) > 2 || len(docs) == 2 && strings.TrimSpace(docs[0]) != "" {
		return nil
	}
	v, err := decode(text)
	if err != nil {
		return nil
	}
	switch v := v.(type) {
	case map[string]any:
		return v
	case []any:
		return v
	}
	return nil
}

// lines lists the lines that differ, with some around them.
func lines(old, new string) (list []Line) {
	a, b := strings.SplitAfter(old, "\n"), strings.SplitAfter(new, "\n")
	all := gaps(a, b)
	shown := 0 // lines of b before this one are listed, or too far away
	same := func(from, to int) {
		for i := max(shown, from); i < to; i++ {
			if b[i] != "" {
				list = append(list, Line{Number: i + 1, Text: b[i]})
			}
		}
		shown = max(shown, to)
	}
	for n, g := range all {
		same(g.b-around, g.b)
		for i := g.a; i < g.aEnd; i++ {
			list = append(list, Line{Removed, i + 1, a[i]})
		}
		for i := g.b; i < g.bEnd; i++ {
			list = append(list, Line{Added, i + 1, b[i]})
		}
		next := len(b)
		if n+1 < len(all) {
			next = all[n+1].b
		}
		shown = g.bEnd
		same(g.bEnd, min(g.bEnd+around, next))
	}
	return list
}
