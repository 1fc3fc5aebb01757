// SPDX-License-Identifier: Apache-2.0

package manifests

// Set is the objects in hand. The zero Set is empty.
type Set struct {
	list   []Object
	byName map[string][]int // indices of list
}

// maxNamesakes is how many objects of one name are looked at. Kinds that rules
// know are far fewer; thousands are a mistake, or malice.
const maxNamesakes = 32

// Add adds an object. The index makes a search for each of many functions cheap.
func (s *Set) Add(o Object) {
	if s.byName == nil {
		s.byName = map[string][]int{}
	}
	if alike := s.byName[o.Name]; len(alike) < maxNamesakes {
		s.byName[o.Name] = append(alike, len(s.list))
	}
	s.list = append(s.list, o)
}

// All are the objects in the order in which they were added.
func (s *Set) All() []Object { return s.list }

// Named visits the objects of a name.
func (s *Set) Named(name string, visit func(*Object)) {
	for _, i := range s.byName[name] {
		visit(&s.list[i])
	}
}
