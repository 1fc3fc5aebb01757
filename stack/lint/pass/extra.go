// SPDX-License-Identifier: Apache-2.0

package pass

import (
	"maps"
	"slices"

	"github.com/helm-wasm/helm-wasm/internal/manifests"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// Object is a Kubernetes object in hand: a manifest, or one of extraObjects.
type Object = manifests.Object

// readExtraObjects adds extraObjects to the objects in hand.
func (p *Pass) readExtraObjects() {
	for _, key := range slices.Sorted(maps.Keys(p.Values.ExtraObjects)) {
		if m, ok := p.Values.ExtraObjects[key].(map[string]any); ok {
			p.objects.Add(manifests.New(p.Doc, []string{"extraObjects", key}, m))
		}
	}
}

// Objects are those in hand: extraObjects, sorted by their keys, or the manifests.
func (p *Pass) Objects() []Object { return p.objects.All() }

// InHand says where the objects are from.
func (p *Pass) InHand() string {
	if p.manifests {
		return "the manifests have"
	}
	return "extraObjects has"
}

// Named visits the objects of a name.
func (p *Pass) Named(name string, visit func(*Object)) { p.objects.Named(name, visit) }

// ObjectOf is the object of a kind and name in a namespace; nil if there is none.
func (p *Pass) ObjectOf(kind, name, namespace string) *Object {
	var found *Object
	p.Named(name, func(o *Object) {
		if o.Kind == kind && p.SameNamespace(o, namespace) {
			found = o
		}
	})
	return found
}

// NamespaceOf is that of an object, which may leave it to the release; empty if it is
// not known.
func (p *Pass) NamespaceOf(o *Object) string {
	if o.Namespace == "" {
		return p.Namespace
	}
	return o.Namespace
}

// SameNamespace says that an object is in a namespace, or may be.
func (p *Pass) SameNamespace(o *Object, namespace string) bool {
	have := p.NamespaceOf(o)
	return have == "" || namespace == "" || have == namespace
}

// scaledObjects makes scopes of the objects that have triggers and are not the chart's.
func (p *Pass) scaledObjects() {
	for i := range p.objects.All() {
		if o := &p.objects.All()[i]; o.IsScaled() {
			p.Scaled = append(p.Scaled, p.scaled(o))
		}
	}
}

// scaled is the scope of a ScaledObject or a ScaledJob.
func (p *Pass) scaled(o *Object) *Scope {
	sc := &schema.Scaling{Triggers: map[string]schema.Trigger{}}
	schema.FromScaledObject(o.Tree(), sc)
	s := &Scope{
		Pass: p, Name: o.Name, Root: o.Root, What: o.Title(), Object: o, Scaling: sc, Source: &schema.Source{},
	}
	list, _ := o.Mapping("spec")["triggers"].([]any)
	for i, e := range list {
		m, ok := e.(map[string]any)
		if !ok {
			continue
		}
		s.Triggers = append(s.Triggers, s.triggerOf(m, i))
	}
	for _, t := range s.Triggers {
		if t.IsKafka() {
			s.Kafka = append(s.Kafka, s.rawTrigger(t))
		}
	}
	return s
}
