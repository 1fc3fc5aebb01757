// SPDX-License-Identifier: Apache-2.0

package yamlin

import (
	"strings"
	"unicode/utf8"
)

// Node is the place of a key or of an item of a list, with those below it.
type Node struct {
	Name     string // of a key
	Place           // of the key, or of the item's value
	List     bool
	Children []Node // in the order of the file; those of an alias are at its anchor
	Merged   *Node  // its children are the values of merge keys (<<), in the order of the file
}

// Place is a line and a column, in characters. Both count from 1.
type Place struct{ Line, Column int }

// PlaceOf returns the place of an offset in a text.
func PlaceOf(data []byte, at int) Place {
	return Place{Line: 1, Column: 1}.after(string(data[:at]))
}

// after returns the place at the end of a text that starts here.
func (p Place) after(text string) Place {
	if i := strings.LastIndexByte(text, '\n'); i >= 0 {
		p.Line += strings.Count(text, "\n")
		p.Column = 1
		text = text[i+1:]
	}
	p.Column += utf8.RuneCountInString(text)
	return p
}

// Before reports whether this place comes first in the text.
func (p Place) Before(other Place) bool {
	return p.Line < other.Line || p.Line == other.Line && p.Column < other.Column
}

// Locate returns the places of everything in a text that Parse can read.
func Locate(data []byte, scalars Scalars, limit int) (root Node, ok bool) {
	p := &parser{scalars: scalars, left: limit, here: &root}
	_, ok = p.document(data)
	return root, ok
}

// Trouble says why a text was not read.
type Trouble struct {
	At     int    // offset near which reading stopped; everything before is usual
	Many   bool   // there are more values than the limit
	Shared bool   // they include, roughly, those of aliases and merge keys
	Twice  string // a key that a mapping has twice, for the second time at At
	Bytes  bool   // there are tabs, control characters or invalid UTF-8

	anchors map[string]*anchor
}

// First returns the place of the first of two equal keys.
func (t Trouble) First(data []byte, scalars Scalars, limit int) Place {
	var root Node
	p := &parser{scalars: scalars, left: limit, values: true, here: &root}
	p.document(data)
	if p.here != nil {
		for _, c := range p.here.Children {
			if c.Name == t.Twice {
				return c.Place
			}
		}
	}
	return PlaceOf(data, t.At)
}

// enter counts a value and records it below another. It fails if there are too many
// values.
func (p *parser) enter(above *Node, name string, at int) bool {
	if p.left--; p.left < 0 {
		return false
	}
	if above != nil {
		if name == mergeKey {
			if above.Merged == nil {
				above.Merged = &Node{}
			}
			above = above.Merged
		}
		above.Children = append(above.Children, Node{Name: name, Place: p.place(at)})
		p.here = &above.Children[len(above.Children)-1]
	}
	return true
}

// place returns the place of an offset that is not before the last one.
func (p *parser) place(at int) Place {
	p.last, p.lastAt = p.last.after(p.s[p.lastAt:at]), at
	return p.last
}
