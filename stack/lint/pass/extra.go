// SPDX-License-Identifier: Apache-2.0

package pass

import (
	"maps"
	"slices"
	"strings"
)

// ExtraObject is a manifest in extraObjects.
type ExtraObject struct {
	Key                               string // in extraObjects
	APIVersion, Kind, Name, Namespace string
	manifest                          map[string]any
}

// Object is a mapping at the top of the manifest, such as spec; nil if there is none.
func (o *ExtraObject) Object(key string) map[string]any {
	m, _ := o.manifest[key].(map[string]any)
	return m
}

// Annotation is the value of an annotation; empty if there is none.
func (o *ExtraObject) Annotation(key string) string {
	meta := o.Object("metadata")
	m, _ := meta["annotations"].(map[string]any)
	v, _ := m[key].(string)
	return v
}

// readExtraObjects indexes them once: a search for each function would cost the
// square.
func (p *Pass) readExtraObjects() {
	for _, key := range slices.Sorted(maps.Keys(p.Values.ExtraObjects)) {
		m, ok := p.Values.ExtraObjects[key].(map[string]any)
		if !ok {
			continue
		}
		o := ExtraObject{Key: key, manifest: m}
		meta := o.Object("metadata")
		o.APIVersion, _ = m["apiVersion"].(string)
		o.Kind, _ = m["kind"].(string)
		o.Name, _ = meta["name"].(string)
		o.Namespace, _ = meta["namespace"].(string)
		if p.extraByName == nil {
			p.extraByName = map[string][]int{}
		}
		if alike := p.extraByName[o.Name]; len(alike) < maxNamesakes {
			p.extraByName[o.Name] = append(alike, len(p.extra))
		}
		p.extra = append(p.extra, o)
	}
}

// ExtraObjects are the manifests of extraObjects, sorted by their keys.
func (p *Pass) ExtraObjects() []ExtraObject { return p.extra }

// maxNamesakes is how many objects of one name are looked at. Kinds that rules
// know are far fewer; thousands are a mistake, or malice.
const maxNamesakes = 32

// ExtraNamed visits the extra objects of a name.
func (p *Pass) ExtraNamed(name string, visit func(*ExtraObject)) {
	for _, i := range p.extraByName[name] {
		visit(&p.extra[i])
	}
}

// ExtraOf is the extra object of a kind and name in the release's namespace.
func (p *Pass) ExtraOf(kind, name string) *ExtraObject {
	var found *ExtraObject
	p.ExtraNamed(name, func(o *ExtraObject) {
		if o.Kind == kind && !p.Elsewhere(o) {
			found = o
		}
	})
	return found
}

// Elsewhere says that an object is in another namespace than the release.
func (p *Pass) Elsewhere(o *ExtraObject) bool {
	return o.Namespace != "" && p.Namespace != "" && o.Namespace != p.Namespace
}

// InGroup reports whether an apiVersion is any version of a group: apps/v1 and
// apps/v1beta1 are of apps.
func InGroup(apiVersion, group string) bool {
	have, _, grouped := strings.Cut(apiVersion, "/")
	return grouped && have == group
}
