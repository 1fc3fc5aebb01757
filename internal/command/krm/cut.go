// SPDX-License-Identifier: Apache-2.0

package krm

import (
	"strconv"
	"strings"
)

// lineAt returns the line that starts at an offset, with its line break.
func (l *list) lineAt(at int) string {
	if i := strings.IndexByte(l.text[at:], '\n'); i >= 0 {
		return l.text[at : at+i+1]
	}
	return l.text[at:]
}

// cutFields finds the fields of the list: lines that start with a key, with all
// lines up to the next one. It is false for a list that is written differently.
func (l *list) cutFields() bool {
	l.rest = len(l.text)
	for at := 0; at < len(l.text); {
		line := l.lineAt(at)
		n := len(l.fields)
		switch c := line[0]; {
		case c == '\n' || c == '#':
		case strings.HasPrefix(line, "---") || strings.HasPrefix(line, "..."):
			if n > 0 {
				l.fields[n-1].to, l.rest = at, at
				return true
			}
			if strings.TrimSpace(line) != "---" {
				return false
			}
		case n > 0 && (c == ' ' || c == '-' && (line[1] == '\n' || line[1] == ' ')):
		default:
			key, value, ok := strings.Cut(line, ":")
			if !ok || value[0] != ' ' && value[0] != '\n' || strings.IndexByte(" \t-?[]{},&*!|>%@`", c) >= 0 {
				return false
			}
			if key = unquoted(strings.TrimRight(key, " ")); key == "" {
				return false
			}
			if n > 0 {
				l.fields[n-1].to = at
			}
			l.fields = append(l.fields, field{key, at, len(l.text)})
		}
		at += len(line)
	}
	return len(l.fields) > 0
}

// unquoted returns a key without the quotes around it, or "" if it has others.
func unquoted(key string) string {
	if n := len(key) - 1; n > 0 && (key[0] == '"' || key[0] == '\'') && key[n] == key[0] {
		key = key[1:n]
	}
	if strings.ContainsAny(key, `"'\`) {
		return ""
	}
	return key
}

// cutItems finds the items, which start at lines with a dash in one column. Text
// over several lines may contain such a line too, but then the part that was cut
// out of it is not YAML.
func (l *list) cutItems() bool {
	f := l.field("items")
	if f == nil {
		return true
	}
	at := f.from + len(l.lineAt(f.from))
	l.column = -1
	switch l.value("items") {
	case "":
	case "[]", "null", "~":
		l.column = len(l.text) // no line matches
	default:
		return false
	}
	from := -1 // where the current item starts
	next := -1 // where the next one starts: at the comments before it
	for at < f.to {
		line := l.lineAt(at)
		t := strings.TrimLeft(line, " ")
		column := len(line) - len(t)
		switch {
		case t[0] == '#' && (l.column < 0 || column <= l.column):
			if next < 0 {
				next = at
			}
		case t[0] == '-' && (t[1] == ' ' || t[1] == '\n') && (l.column < 0 || column == l.column):
			if next < 0 {
				next = at
			}
			if from >= 0 && !l.addItem(from, next) {
				return false
			}
			l.column = column
			from, next = next, -1
		case t != "\n" && column <= l.column || l.column < 0 && t != "\n":
			return false
		default:
			next = -1
		}
		at += len(line)
	}
	if from < 0 {
		l.column = 0
	}
	return from < 0 || l.addItem(from, f.to)
}

// addItem reads an item.
func (l *list) addItem(from, to int) bool {
	if l.start == 0 {
		l.start = from
	}
	text := l.text[from:to]
	o, err := l.item("items["+strconv.Itoa(len(l.items))+"]", undashed(text), from)
	if err != nil {
		l.broken = err
		return false
	}
	o.raw, o.at = text, from
	l.items = append(l.items, o)
	return true
}

// undashed returns an item as a document: with a space in place of the dash.
func undashed(text string) string {
	for at := 0; ; {
		line := text[at:]
		t := strings.TrimLeft(line, " ")
		if t[0] == '-' {
			at = len(text) - len(t)
			return text[:at] + " " + text[at+1:]
		}
		at += strings.IndexByte(line, '\n') + 1
	}
}

// withoutComment returns a line without its comment and the space around it.
func withoutComment(s string) string {
	if i := strings.Index(s, " #"); i >= 0 {
		s = s[:i]
	}
	return strings.TrimSpace(s)
}
