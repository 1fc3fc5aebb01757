// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack"
	"go.yaml.in/yaml/v3"
)

// What the base is rendered as: overlays change both.
const release, namespace = "shop", "shop"

// object is one rendered Kubernetes object, with its comments.
type object struct {
	kind, name string
	node       *yaml.Node
}

// id returns Kind/name.
func (o object) id() string { return o.kind + "/" + o.name }

// values reads a values file.
func (g *generator) values(file string) (*stack.Document, error) {
	data, err := os.ReadFile(filepath.Join(g.dir, file))
	if err != nil {
		return nil, err
	}
	return stack.Parse("kustomize/"+file, data)
}

// render renders stack.yaml with files over it, and leaves out what only Helm
// understands: hooks, labels and annotations that name a release.
func (g *generator) render(over ...string) ([]object, error) {
	docs := []*stack.Document{}
	for _, file := range append([]string{"stack.yaml"}, over...) {
		doc, err := g.values(file)
		if err != nil {
			return nil, err
		}
		docs = append(docs, doc)
	}
	doc := stack.Merge(docs...)
	if found := stack.Validate(doc); len(found) > 0 {
		return nil, fmt.Errorf("%v: %s", over, found[0])
	}
	rendered, err := stack.Render(doc, stack.RenderOptions{Release: release, Namespace: namespace, Scope: stack.All, NoHooks: true})
	if err != nil {
		return nil, fmt.Errorf("%v: %w", over, err)
	}
	var objects []object
	for _, r := range rendered.Objects() {
		var document yaml.Node
		if err := yaml.Unmarshal([]byte(r.Text), &document); err != nil {
			return nil, fmt.Errorf("%s %s: %w", r.Kind, r.Name, err)
		}
		o := object{kind: r.Kind, name: r.Name, node: document.Content[0]}
		remove(o.node, "metadata", "labels", "helm.sh/chart")
		remove(o.node, "metadata", "labels", "app.kubernetes.io/managed-by")
		remove(o.node, "metadata", "annotations", "helm.sh/resource-policy")
		// Kustomize gives ConfigMaps a hash of their content in their name.
		remove(o.node, "spec", "template", "metadata", "annotations", "checksum/config")
		objects = append(objects, o)
	}
	return objects, nil
}

// component returns the label that says what an object is for.
func (o object) component() string {
	return text(o.node, "metadata", "labels", "app.kubernetes.io/component")
}

// print returns a YAML stream of objects.
func print(objects ...object) (string, error) {
	var b strings.Builder
	for i, o := range objects {
		if i > 0 {
			b.WriteString("---\n")
		}
		text, err := encode(o.node)
		if err != nil {
			return "", err
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

func encode(v any) (string, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	return b.String(), nil
}

// get returns the value at a path of keys, or nil.
func get(n *yaml.Node, path ...string) *yaml.Node {
	for _, key := range path {
		next := (*yaml.Node)(nil)
		if n.Kind == yaml.MappingNode {
			for i := 0; i < len(n.Content); i += 2 {
				if n.Content[i].Value == key {
					next = n.Content[i+1]
				}
			}
		}
		if next == nil {
			return nil
		}
		n = next
	}
	return n
}

// text returns the scalar at a path, or an empty string.
func text(n *yaml.Node, path ...string) string {
	if v := get(n, path...); v != nil {
		return v.Value
	}
	return ""
}

// remove removes a key, and the mapping that becomes empty.
func remove(n *yaml.Node, path ...string) {
	last := len(path) - 1
	parent := get(n, path[:last]...)
	if parent == nil {
		return
	}
	for i := 0; i < len(parent.Content); i += 2 {
		if parent.Content[i].Value == path[last] {
			parent.Content = append(parent.Content[:i], parent.Content[i+2:]...)
			break
		}
	}
	if len(parent.Content) == 0 && last > 0 {
		remove(n, path[:last]...)
	}
}

// tree returns an object as plain maps and lists.
func tree(n *yaml.Node) (map[string]any, error) {
	var t map[string]any
	err := n.Decode(&t)
	return t, err
}
