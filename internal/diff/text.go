// SPDX-License-Identifier: Apache-2.0

package diff

import (
	"strings"
)

// inside leads from a field into the document that its text is.
const inside = " > "

// around is the number of equal lines that are shown before and after others.
const around = 1

// Line is one line of a text: Op is Added, Removed, or empty for one that is
// on both sides. Number counts from 1, on the new side but for removed ones.
type Line struct {
	Op     Op     `json:"change,omitempty"`
	Number int    `json:"number"`
	Text   string `json:"text"`
}

// text compares texts: what both sides read as a document field by field, other
// texts of several lines by line.
func (c *comparison) text(path, old, new string) {
	if was, is := document(old), document(new); was != nil && kindOf(was) == kindOf(is) {
		n := len(c.fields)
		c.value(path+inside, "", was, is)
		if len(c.fields) > n {
			return
		}
		// The same meaning in other words: what reads the text may care.
	}
	f := Field{Op: Changed, Path: path, Old: old, New: new}
	if strings.Contains(old, "\n") || strings.Contains(new, "\n") {
		f.Lines = lines(old, new)
	}
	c.add(f)
}

// document reads text that looks like YAML or JSON: a mapping or a list in it,
// else nil.
func document(text string) any {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" || trimmed[0] != '{' && trimmed[0] != '[' && !strings.Contains(trimmed, "\n") {
		return nil
	}
	// Of several documents the first would stand for all.
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
	shown := 0 // lines of b before this one are in the list, or too far off
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
