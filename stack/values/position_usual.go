// SPDX-License-Identifier: Apache-2.0

package values

import (
	"sort"
	"strconv"
	"unicode/utf8"

	"github.com/helm-wasm/helm-wasm/internal/yamlin"
)

// located is where everything stands in a file that the fast reader has read.
// It reads the file again for that: only mistakes have positions.
func (s *source) located() *yamlin.Node {
	if s.read {
		return nil // by the library, whose nodes know
	}
	if s.root == nil {
		root, _ := yamlin.Locate(s.lines.data, usualScalars, maxEntries)
		s.root = &root
	}
	return s.root
}

// usualFind walks as far along path as the node goes.
func (s *source) usualFind(n *yamlin.Node, path []string) (at, length int) {
	for length < len(path) {
		below := s.usualChild(n, path[length])
		if below == nil {
			break
		}
		n = below
		length++
	}
	return n.At, length
}

func (s *source) usualChild(n *yamlin.Node, name string) *yamlin.Node {
	if n.List {
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(n.Children) {
			return &n.Children[i]
		}
		return nil
	}
	own := s.usualOwn(n, name)
	if n.Merged == nil {
		return own
	}
	for i := len(n.Merged.Children) - 1; i >= 0; i-- {
		m := &n.Merged.Children[i]
		if own != nil && own.At > m.At {
			break // the last word
		}
		of := n.Merged.Children[i : i+1]
		if m.List {
			of = m.Children
		}
		for j := range of {
			if below := s.usualChild(&of[j], name); below != nil {
				return below
			}
		}
	}
	return own
}

// usualOwn finds a key that a mapping has itself.
func (s *source) usualOwn(n *yamlin.Node, name string) *yamlin.Node {
	if len(n.Children) > 32 {
		if i, ok := s.usualIndex(n)[name]; ok {
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

// usualIndex finds keys of a large mapping, as index does.
func (s *source) usualIndex(n *yamlin.Node) map[string]int {
	m := s.names[n]
	if m == nil {
		m = make(map[string]int, len(n.Children))
		for i := range n.Children {
			m[n.Children[i].Name] = i
		}
		if s.names == nil {
			s.names = map[*yamlin.Node]map[string]int{}
		}
		s.names[n] = m
	}
	return m
}

// position is the line and column of an offset.
func (s *source) position(at int) Position {
	starts := s.lines.lineStarts()
	line := sort.SearchInts(starts, at+1)
	start := starts[line-1]
	return Position{File: s.name, Line: line, Column: 1 + utf8.RuneCount(s.lines.data[start:at])}
}
