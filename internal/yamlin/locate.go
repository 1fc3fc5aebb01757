// SPDX-License-Identifier: Apache-2.0

package yamlin

// Node is where a key or an item of a list stands, and what is below it.
type Node struct {
	Name     string // of a key
	At       int    // offset of the key, or of the item's value
	List     bool
	Children []Node // in the order of the file; those of an alias stand where its anchor is
	Merged   *Node  // its children are what merge keys (<<) hold, in the order of the file
}

// Locate tells where everything stands in what Parse has read.
func Locate(data []byte, scalars Scalars, limit int) (root Node, ok bool) {
	p := &parser{scalars: scalars, left: limit, here: &root}
	_, ok = p.document(data)
	return root, ok
}

// Trouble is why a text was not read.
type Trouble struct {
	At     int    // offset near which reading stopped; all before is usual
	Many   bool   // more values than the limit
	Shared bool   // what aliases and merge keys stand for counts among them, roughly
	Twice  string // a key that a mapping has twice, the second time here
	Bytes  bool   // tabs, controls or invalid UTF-8; else all of the text has none

	anchors map[string]*anchor
}

// First is the offset of the key that is there twice.
func (t Trouble) First(data []byte, scalars Scalars, limit int) int {
	var root Node
	p := &parser{scalars: scalars, left: limit, values: true, here: &root}
	p.document(data)
	if p.here != nil {
		for _, c := range p.here.Children {
			if c.Name == t.Twice {
				return c.At
			}
		}
	}
	return t.At
}

// enter counts a value and records it below another. It fails where there are
// too many.
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
		above.Children = append(above.Children, Node{Name: name, At: at})
		p.here = &above.Children[len(above.Children)-1]
	}
	return true
}
