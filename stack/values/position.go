// SPDX-License-Identifier: Apache-2.0

package values

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/yamlin"
)

// Position is a place in a file; the zero Position means that no file says it.
type Position struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

// IsValid reports whether the position is known.
func (p Position) IsValid() bool { return p.Line > 0 }

// String is file:line:column.
func (p Position) String() string {
	if !p.IsValid() {
		return p.File
	}
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
}

// Position finds the key (or list element, by its index) at a path, in the
// file that has the last word on it. Where nothing has that path, the position
// is that of the nearest parent that exists.
func (d *Document) Position(path ...string) Position {
	best, bestLen := Position{}, -1
	for i := len(d.sources) - 1; i >= 0; i-- {
		src := d.sources[i]
		full := path
		if len(src.under) > 0 {
			full = append(src.under[:len(src.under):len(src.under)], path...)
		}
		roots := src.located()
		for j := len(roots) - 1; j >= 0; j-- {
			if at, length := src.find(&roots[j], full); length-len(src.under) > bestLen {
				best, bestLen = src.position(at), length-len(src.under)
			}
		}
	}
	if bestLen < len(path) {
		key := strings.Join(path, ".")
		for _, s := range d.sets {
			if s == key || strings.HasPrefix(s, key+".") {
				return Position{File: "--set"}
			}
		}
	}
	return best
}

// find walks as far along path as the node goes and returns the place there.
func (s *source) find(n *yamlin.Node, path []string) (at yamlin.Place, length int) {
	for length < len(path) {
		below := s.child(n, path[length])
		if below == nil {
			break
		}
		n = below
		length++
	}
	return n.Place, length
}

// child finds a key or an item. A mapping's own key and its merge keys (<<)
// override those before them.
func (s *source) child(n *yamlin.Node, name string) *yamlin.Node {
	if n.List {
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(n.Children) {
			return &n.Children[i]
		}
		return nil
	}
	own := s.own(n, name)
	if n.Merged == nil {
		return own
	}
	for i := len(n.Merged.Children) - 1; i >= 0; i-- {
		m := &n.Merged.Children[i]
		if own != nil && m.Before(own.Place) {
			break
		}
		if below := s.merged(m, name); below != nil {
			return below
		}
	}
	return own
}

// merged finds a key in what a merge key holds: a mapping, or several of which
// the first has the word.
func (s *source) merged(m *yamlin.Node, name string) *yamlin.Node {
	if !m.List {
		return s.child(m, name)
	}
	for i := range m.Children {
		if below := s.child(&m.Children[i], name); below != nil {
			return below
		}
	}
	return nil
}

// own finds a key that a mapping has itself. No reader accepts one twice.
func (s *source) own(n *yamlin.Node, name string) *yamlin.Node {
	if len(n.Children) > 32 {
		if i, ok := s.index(n)[name]; ok {
			return &n.Children[i]
		}
		return nil
	}
	for i := range n.Children {
		if n.Children[i].Name == name {
			return &n.Children[i]
		}
	}
	return nil
}

// index finds keys of a large mapping. A finding for each of a thousand
// functions would else read all their names a thousand times.
func (s *source) index(n *yamlin.Node) map[string]int {
	first := &n.Children[0] // which aliases share
	m := s.keys[first]
	if m == nil {
		m = make(map[string]int, len(n.Children))
		for i := range n.Children {
			m[n.Children[i].Name] = i
		}
		if s.keys == nil {
			s.keys = map[*yamlin.Node]map[string]int{}
		}
		s.keys[first] = m
	}
	return m
}

func (s *source) position(p yamlin.Place) Position {
	return Position{File: s.name, Line: p.Line + s.before, Column: p.Column}
}

// Ignores reports whether the line of p, or a comment line right above it,
// says `helm-wasm:ignore RULE…`.
func (d *Document) Ignores(p Position, rule string) bool {
	if p.Line == 0 {
		return false
	}
	for _, src := range d.sources {
		if src.name != p.File || !src.hasMarkers {
			continue
		}
		r, line := src.lines, p.Line-src.before
		if hasMarker(r.line(line), rule) {
			return true
		}
		if line > 1 {
			above := bytes.TrimSpace(r.line(line - 1))
			if bytes.HasPrefix(above, []byte("#")) && hasMarker(above, rule) {
				return true
			}
		}
	}
	return false
}

const ignoreMarker = "helm-wasm:ignore"

func hasMarker(line []byte, rule string) bool {
	_, rest, ok := strings.Cut(string(line), ignoreMarker)
	if !ok {
		return false
	}
	for _, word := range strings.FieldsFunc(rest, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' }) {
		if word == rule || word == "all" {
			return true
		}
	}
	return false
}
