// SPDX-License-Identifier: Apache-2.0

package values

import (
	"go.yaml.in/yaml/v3"

	"github.com/helm-wasm/helm-wasm/internal/yamlin"
)

// located is where everything stands in each YAML document of the file,
// whichever reader has read it. The fast reader reads again for that: only
// mistakes have positions.
func (s *source) located() []yamlin.Node {
	switch {
	case s.roots != nil:
	case s.docs == nil:
		root, _ := yamlin.Locate(s.lines.data, usualScalars, maxEntries)
		s.roots = []yamlin.Node{root}
	default:
		known := anchors{}
		for _, n := range s.docs {
			s.roots = append(s.roots, known.node("", n, n))
		}
	}
	return s.roots
}

// anchors are the places below what an alias can refer to. An alias comes after
// its anchor, perhaps in a later document, and never stands inside it.
type anchors map[*yaml.Node]yamlin.Node

// node turns a node of the library, which is found at a key, an item or the
// start, into one of the fast reader.
func (a anchors) node(name string, at, n *yaml.Node) yamlin.Node {
	out := yamlin.Node{Name: name, Place: placeOf(at)}
	switch n.Kind {
	case yaml.AliasNode:
		anchor := a[n.Alias]
		out.List, out.Children, out.Merged = anchor.List, anchor.Children, anchor.Merged
	case yaml.SequenceNode:
		out.List = true
		out.Children = make([]yamlin.Node, len(n.Content))
		for i, e := range n.Content {
			out.Children[i] = a.node("", e, e)
		}
	case yaml.MappingNode:
		out.Children = make([]yamlin.Node, 0, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			k, v := n.Content[i], n.Content[i+1]
			if isMergeKey(k) {
				if out.Merged == nil {
					out.Merged = &yamlin.Node{}
				}
				out.Merged.Children = append(out.Merged.Children, a.node("", k, v))
				continue
			}
			out.Children = append(out.Children, a.node(keyName(k), k, v))
		}
	}
	if n.Anchor != "" {
		a[n] = out
	}
	return out
}

func placeOf(n *yaml.Node) yamlin.Place { return yamlin.Place{Line: n.Line, Column: n.Column} }
