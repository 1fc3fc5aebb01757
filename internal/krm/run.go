// SPDX-License-Identifier: Apache-2.0

package krm

import (
	"errors"
	"strconv"
)

// MaxBytes is the size of the largest ResourceList that Run takes.
const MaxBytes = 32 << 20

// Run is the function. It renders each WasmStack among the items, and the
// functionConfig when that is a WasmStack with a spec; the list that it returns
// has their objects.
//
//   - Objects of a WasmStack among the items take its place. One that is marked
//     config.kubernetes.io/local-config stays, and its objects follow it.
//   - Objects of the functionConfig come at the end.
//   - A WasmStack that is both is rendered once, with the item's values: those
//     are what patches have changed.
//   - An object that an earlier run has made is replaced where it stands.
//
// When a WasmStack has mistakes, Run returns the list as it was, with results,
// and an error that names them. When the list itself cannot be read, it returns
// nothing but the error.
func Run(in []byte) ([]byte, error) {
	l, err := read(in)
	if err != nil {
		return nil, err
	}
	stacks, err := l.stacks()
	if err != nil {
		return nil, err
	}
	text, told, mistakes := "", "", 0
	for _, s := range stacks {
		s.render()
		text += s.text
		told += s.told
		mistakes += s.mistakes
	}
	if mistakes > 0 {
		noun := " mistakes"
		if mistakes == 1 {
			noun = " mistake"
		}
		return l.write(text), errors.New(strconv.Itoa(mistakes) + noun + told)
	}
	if err := l.place(stacks); err != nil {
		return nil, err
	}
	return l.write(text), nil
}

// stacks are what is to be rendered, in the order of the list.
func (l *list) stacks() (stacks []*wasmStack, err error) {
	seen := map[string]*object{}
	rendered := false // an earlier run has been here
	c := l.config
	var options map[string]any
	if c != nil && c.kind == Kind {
		options, _ = c.doc.Tree()["options"].(map[string]any)
	}
	for _, o := range l.items {
		if o.kind != Kind {
			if group(o.apiVersion) == group(APIVersion) {
				return nil, unknownKind(o)
			}
			rendered = rendered || o.fromChart()
			continue
		}
		if first := seen[o.id()]; first != nil {
			return nil, errors.New(first.String() + " and " + o.String() + " are the same " + Kind + ": give them different names or namespaces")
		}
		seen[o.id()] = o
		s := &wasmStack{object: o, defaults: options, item: true}
		s.declares = c != nil && o.id() == c.id() && s.spec() == nil
		stacks = append(stacks, s)
	}
	switch {
	case c == nil && len(stacks) == 0 && !rendered:
		return nil, errors.New("nothing to render: the ResourceList has no functionConfig, and none of its items is a " + Kind)
	case c == nil || c.kind == Kind && seen[c.id()] != nil:
	case c.kind == Kind:
		s := &wasmStack{object: c}
		s.declares = s.spec() == nil
		stacks = append(stacks, s)
	case group(c.apiVersion) == group(APIVersion) || didYouMean(c.kind, Kind) != "":
		return nil, unknownKind(c)
	}
	return stacks, nil
}

func unknownKind(o *object) error {
	return errors.New(o.where + ": kind " + strconv.Quote(o.kind) + " of " + o.apiVersion + " is unknown" + didYouMean(o.kind, Kind) + "; this function knows the kind " + Kind)
}
