// SPDX-License-Identifier: Apache-2.0

package krm

import (
	"errors"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/yamlout"
	"github.com/helm-wasm/helm-wasm/stack"
)

// ofTools are the prefixes of the annotations with which orchestrators keep track of
// items.
var ofTools = []string{"internal.config.kubernetes.io/", "config.kubernetes.io/", "config.k8s.io/", "kustomize.config.k8s.io/"}

// place puts the rendered objects into the list.
func (l *list) place(stacks []*wasmStack) error {
	items := map[string]*object{}
	for _, o := range l.items {
		if o.kind != Kind && o.kind != "" {
			items[o.id()] = o
		}
	}
	made := map[string]*wasmStack{}
	for _, s := range stacks {
		var last *object // the last of its objects from an earlier run
		var fresh []string
		for i := range s.objects {
			r := &s.objects[i]
			o, err := identity(r)
			if err != nil {
				return errors.New(s.String() + ": " + err.Error())
			}
			id := o.id()
			if other := made[id]; other != nil {
				return errors.New(other.String() + " and " + s.String() + " both render the " + o.title() +
					": give one of them another name")
			}
			made[id] = s
			if old := items[id]; old != nil {
				if err := l.replace(old, s, r); err != nil {
					return err
				}
				last = old
				continue
			}
			fresh = append(fresh, l.entry(r.Text))
		}
		switch {
		case s.item:
			s.after = fresh
			annotations, _ := s.metadata["annotations"].(map[string]any)
			local, marked := annotations["config.kubernetes.io/local-config"]
			s.removed = !s.declares && (!marked || local == "false")
		case last != nil:
			last.after = append(last.after, fresh...)
		default:
			l.tail = append(l.tail, fresh...)
		}
	}
	return nil
}

// identity returns the identity of a rendered object. All but extraObjects have
// their identity in lines of a known form. A text with a separator may not be YAML
// any more, once a template has indented it.
func identity(r *stack.RenderedObject) (*object, error) {
	o := &object{apiVersion: after(r.Text, "apiVersion: "), kind: r.Kind, name: r.Name, namespace: r.Namespace}
	extra := strings.HasSuffix(r.Source, "/extra.yaml")
	if extra || separated(r.Text) {
		name := o.title()
		if extra {
			name = "extraObjects"
		}
		doc, err := stack.Parse(name, []byte(r.Text))
		if err != nil {
			return nil, err
		}
		o = newObject("", doc)
	}
	if o.kind == Kind || group(o.apiVersion) == group(APIVersion) {
		return nil, errors.New("extraObjects contain the " + o.title() +
			", which is rendered and not applied: move it to the items of the ResourceList")
	}
	if o.apiVersion == "" || o.kind == "" || o.name == "" {
		return nil, errors.New("one of extraObjects needs apiVersion, kind and metadata.name, each a string")
	}
	return o, nil
}

// title names an object that is not in the list.
func (o *object) title() string {
	return o.kind + " " + strconv.Quote(o.name) + " in namespace " + effective(o.namespace)
}

// replace replaces an object from an earlier run. It keeps the annotations of
// tools, and all of the old text if nothing has changed.
func (l *list) replace(old *object, s *wasmStack, r *stack.RenderedObject) error {
	doc, err := l.parse(old.where, undashed(old.raw), old.at)
	if err != nil {
		return err
	}
	was := doc.Tree()
	if doc, err = stack.Parse(r.Source, []byte(r.Text)); err != nil {
		return err
	}
	tree := doc.Tree()
	kept, own := takeAnnotations(was), takeAnnotations(tree)
	if same(was, tree) {
		return nil
	}
	if !old.fromChart() || old.label("app.kubernetes.io/instance") != s.name {
		return errors.New(
			s.String() + " renders the " + old.title() + ", which is in the list already and does not come from it (" + old.String() +
				"): remove that one, or rename the function or the stack",
		)
	}
	text := r.Text
	if len(kept) > 0 {
		metadata, _ := tree["metadata"].(map[string]any)
		annotations, _ := metadata["annotations"].(map[string]any)
		for _, given := range []map[string]any{annotations, own} {
			for key, v := range given {
				kept[key] = v
			}
		}
		metadata["annotations"] = kept
		data, err := yamlout.AppendYAML(nil, tree)
		if err != nil {
			return err
		}
		text = string(data)
	}
	old.raw = l.entry(text)
	return nil
}

// takeAnnotations removes the annotations of tools from an object and returns them.
func takeAnnotations(tree map[string]any) map[string]any {
	metadata, _ := tree["metadata"].(map[string]any)
	annotations, _ := metadata["annotations"].(map[string]any)
	taken := map[string]any{}
	for key, v := range annotations {
		for _, prefix := range ofTools {
			if strings.HasPrefix(key, prefix) {
				taken[key] = v
				delete(annotations, key)
			}
		}
	}
	if len(taken) > 0 && len(annotations) == 0 {
		delete(metadata, "annotations")
	}
	return taken
}

// same reports whether two trees are equal.
func same(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for k, v := range a {
			if w, ok := b[k]; !ok || !same(v, w) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !same(a[i], b[i]) {
				return false
			}
		}
		return true
	}
	switch b.(type) {
	case map[string]any, []any:
		return false
	}
	return a == b
}
