// SPDX-License-Identifier: Apache-2.0

package krm

import (
	"errors"
	"strconv"

	"github.com/helm-wasm/helm-wasm/internal/text"
)

// MaxBytes is the size in bytes of the largest ResourceList that callers should
// pass to Run.
const MaxBytes = 32 << 20

// Run is the KRM function. It renders each WasmStack among the items, and the
// functionConfig if that is a WasmStack with a spec, and returns the list with the
// rendered objects.
//
//   - The objects of a WasmStack among the items replace it. A WasmStack that is
//     marked config.kubernetes.io/local-config stays, and its objects follow it.
//   - The objects of the functionConfig come last.
//   - A WasmStack that is both is rendered once, with the values of the item, since
//     patches change that one.
//   - An object from an earlier run is replaced in its place.
//
// If a WasmStack has mistakes, Run returns the original list with results, and an
// error that lists them. If the list itself cannot be read, it returns only the
// error.
func Run(in []byte) ([]byte, error) {
	l, err := read(in)
	if err != nil {
		return nil, err
	}
	stacks, err := l.stacks()
	if err != nil {
		return nil, err
	}
	results, message, mistakes := "", "", 0
	for _, s := range stacks {
		s.render()
		results += s.text
		message += s.message
		mistakes += s.mistakes
	}
	if mistakes > 0 {
		return l.write(results), errors.New(text.Count(mistakes, "mistake", "mistakes") + message)
	}
	if err := l.place(stacks); err != nil {
		return nil, err
	}
	return l.write(results), nil
}

// stacks returns what has to be rendered, in the order of the list.
func (l *list) stacks() (stacks []*wasmStack, err error) {
	seen := map[string]*object{}
	rendered := false // there are objects from an earlier run
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
			return nil, errors.New(first.String() + " and " + o.String() + " are the same " + Kind +
				": give them different names or namespaces")
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
	return errors.New(o.where + ": kind " + strconv.Quote(o.kind) + " of " + o.apiVersion + " is unknown" +
		didYouMean(o.kind, Kind) + "; this function knows the kind " + Kind)
}
