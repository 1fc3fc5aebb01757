// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"maps"
	"slices"
	"strings"
)

// extraObject is a manifest in extraObjects.
type extraObject struct {
	key, apiVersion, kind, name, namespace string
	manifest                               map[string]any
}

func (o *extraObject) object(key string) map[string]any {
	m, _ := o.manifest[key].(map[string]any)
	return m
}

func (o *extraObject) annotation(key string) string {
	meta := o.object("metadata")
	m, _ := meta["annotations"].(map[string]any)
	v, _ := m[key].(string)
	return v
}

// readExtraObjects indexes them once: a search for each function would cost the
// square.
func (l *linter) readExtraObjects() {
	for _, key := range slices.Sorted(maps.Keys(l.v.ExtraObjects)) {
		m, ok := l.v.ExtraObjects[key].(map[string]any)
		if !ok {
			continue
		}
		o := extraObject{key: key, manifest: m}
		meta := o.object("metadata")
		o.apiVersion, _ = m["apiVersion"].(string)
		o.kind, _ = m["kind"].(string)
		o.name, _ = meta["name"].(string)
		o.namespace, _ = meta["namespace"].(string)
		if l.extraByName == nil {
			l.extraByName = map[string][]int{}
		}
		if alike := l.extraByName[o.name]; len(alike) < maxNamesakes {
			l.extraByName[o.name] = append(alike, len(l.extra))
		}
		l.extra = append(l.extra, o)
	}
}

// maxNamesakes is how many objects of one name are looked at. Kinds that rules
// know are far fewer; thousands are a mistake, or malice.
const maxNamesakes = 32

// extraNamed are the extra objects of a name.
func (l *linter) extraNamed(name string, visit func(*extraObject)) {
	for _, i := range l.extraByName[name] {
		visit(&l.extra[i])
	}
}

// extraOf is the extra object of a kind and name in the release's namespace.
func (l *linter) extraOf(kind, name string) *extraObject {
	var found *extraObject
	l.extraNamed(name, func(o *extraObject) {
		if o.kind == kind && !l.elsewhere(o) {
			found = o
		}
	})
	return found
}

// elsewhere says that an object is in another namespace than the release.
func (l *linter) elsewhere(o *extraObject) bool {
	return o.namespace != "" && l.opts.Namespace != "" && o.namespace != l.opts.Namespace
}

// inFamily holds for any version of a group: apps/v1 and apps/v1beta1.
func inFamily(apiVersion, group string) bool {
	have, _, grouped := strings.Cut(apiVersion, "/")
	return grouped && have == group
}
