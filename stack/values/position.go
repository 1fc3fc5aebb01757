// SPDX-License-Identifier: Apache-2.0

package values

import (
	"bytes"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
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
		if root := src.located(); root != nil {
			if at, length := src.usualFind(root, full); length-len(src.under) > bestLen {
				best, bestLen = src.position(at), length-len(src.under)
			}
			continue
		}
		for j := len(src.docs) - 1; j >= 0; j-- {
			n, length := src.find(src.docs[j], full)
			if length-len(src.under) > bestLen && n != nil {
				best, bestLen = Position{File: src.name, Line: n.Line, Column: n.Column}, length-len(src.under)
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

// find walks as far along path as the node goes and returns the key there.
func (s *source) find(n *yaml.Node, path []string) (*yaml.Node, int) {
	at, length := n, 0
	for length < len(path) {
		key, value := s.child(n, path[length])
		if key == nil {
			break
		}
		at, n = key, value
		length++
	}
	return at, length
}

func (s *source) child(n *yaml.Node, name string) (key, value *yaml.Node) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch n.Kind {
	case yaml.MappingNode:
		if len(n.Content) > 32 {
			if i, ok := s.index(n)[name]; ok {
				return n.Content[i], n.Content[i+1]
			}
		}
		for i := len(n.Content) - 2; i >= 0; i -= 2 {
			k := n.Content[i]
			if isMergeKey(k) {
				if key, value = s.merged(n.Content[i+1], name); key != nil {
					return key, value
				}
				continue
			}
			if keyName(k) == name {
				return k, n.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		i, err := strconv.Atoi(name)
		if err == nil && i >= 0 && i < len(n.Content) {
			return n.Content[i], n.Content[i]
		}
	}
	return nil, nil
}

// merged finds a key in what a merge key holds: a mapping, or several of which
// the first has the word.
func (s *source) merged(n *yaml.Node, name string) (key, value *yaml.Node) {
	if n.Kind != yaml.SequenceNode {
		return s.child(n, name)
	}
	for _, e := range n.Content {
		if key, value = s.child(e, name); key != nil {
			break
		}
	}
	return key, value
}

// index finds keys of a large mapping. A finding for each of a thousand
// functions would else read all their names a thousand times.
func (s *source) index(n *yaml.Node) map[string]int {
	if m := s.keys[n]; m != nil {
		return m
	}
	m := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		if k := n.Content[i]; isMergeKey(k) {
			m = map[string]int{} // what is merged in needs the slow way
			break
		} else {
			m[keyName(k)] = i
		}
	}
	if s.keys == nil {
		s.keys = map[*yaml.Node]map[string]int{}
	}
	s.keys[n] = m
	return m
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
		r := src.lines
		if hasMarker(r.line(p.Line), rule) {
			return true
		}
		if p.Line > 1 {
			above := bytes.TrimSpace(r.line(p.Line - 1))
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
