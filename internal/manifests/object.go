// SPDX-License-Identifier: Apache-2.0

package manifests

import (
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/values"
)

// Object is a Kubernetes object.
type Object struct {
	APIVersion, Kind, Name, Namespace string

	// Root is where findings say that the object is: its path in the document, or what
	// who reads findings sets.
	Root []string

	// Document is the number of the document in its file, from 1; 0 for an object in
	// values.
	Document int

	tree map[string]any
	doc  *values.Document
	path []string // to the object in doc
}

// New is the object that a mapping holds, at a path of a document.
func New(doc *values.Document, path []string, tree map[string]any) Object {
	o := Object{tree: tree, doc: doc, path: path, Root: path}
	o.APIVersion, _ = tree["apiVersion"].(string)
	o.Kind, _ = tree["kind"].(string)
	meta := o.Mapping("metadata")
	o.Name, _ = meta["name"].(string)
	o.Namespace, _ = meta["namespace"].(string)
	return o
}

// Tree is the object as the document has it. Treat it as read-only.
func (o *Object) Tree() map[string]any { return o.tree }

// Mapping is a mapping below the given keys; nil if there is none.
func (o *Object) Mapping(keys ...string) map[string]any { return Mapping(o.tree, keys...) }

// Mapping is a mapping below the given keys of another; nil if there is none.
func Mapping(m map[string]any, keys ...string) map[string]any {
	for _, key := range keys {
		m, _ = m[key].(map[string]any)
	}
	return m
}

// Text is the text at a key of a mapping; empty if there is none.
func Text(m map[string]any, key string) string {
	s, _ := m[key].(string)
	return s
}

// Annotation is the value of an annotation; empty if there is none.
func (o *Object) Annotation(key string) string {
	return Text(o.Mapping("metadata", "annotations"), key)
}

// Position is where a field of the object stands, or the nearest that holds it.
func (o *Object) Position(path ...string) values.Position {
	return o.doc.Position(append(o.path[:len(o.path):len(o.path)], path...)...)
}

// Ignores reports whether the file says at a position that a rule is to be ignored.
func (o *Object) Ignores(at values.Position, rule string) bool { return o.doc.Ignores(at, rule) }

// At is the path of a field for findings.
func (o *Object) At(path ...string) []string {
	return append(o.Root[:len(o.Root):len(o.Root)], path...)
}

// Title names the object for messages.
func (o *Object) Title() string { return o.Kind + " " + strconv.Quote(o.Name) }

// InGroup reports whether an apiVersion is any version of a group: apps/v1 and
// apps/v1beta1 are of apps.
func InGroup(apiVersion, group string) bool {
	have, _, grouped := strings.Cut(apiVersion, "/")
	return grouped && have == group
}

// IsScaled reports whether KEDA reads triggers from the object.
func (o *Object) IsScaled() bool {
	return InGroup(o.APIVersion, "keda.sh") && (o.Kind == "ScaledObject" || o.Kind == "ScaledJob")
}

// IsAutoscaler reports whether the object is an HPA or a ScaledObject.
func (o *Object) IsAutoscaler() bool {
	return o.Kind == "HorizontalPodAutoscaler" && InGroup(o.APIVersion, "autoscaling") ||
		o.Kind == "ScaledObject" && InGroup(o.APIVersion, "keda.sh")
}

// IsAuth reports whether the object is a TriggerAuthentication of either kind.
func (o *Object) IsAuth() bool { return strings.HasSuffix(o.Kind, "TriggerAuthentication") }
