// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// added writes the components that only add objects.
func (g *generator) added() error {
	for component, keep := range map[string]func(object) bool{
		"node-setup": func(o object) bool { return o.component() == "node-setup" },
		"runtimes":   func(o object) bool { return o.kind == "RuntimeClass" },
	} {
		dir := "components/" + component
		objects, err := g.render(dir + "/values.yaml")
		if err != nil {
			return err
		}
		var added []object
		for _, o := range objects {
			switch {
			case !keep(o):
			case o.kind == "ConfigMap":
				if err := g.config(dir, o, false); err != nil {
					return err
				}
			default:
				added = append(added, o)
			}
		}
		if err := g.print(dir, "values.yaml", map[string][]object{"resources.yaml": added}); err != nil {
			return err
		}
	}
	return nil
}

// observability writes what watches functions: all of a namespace, since a component does
// not know their names.
func (g *generator) observability() error {
	const dir = "components/observability"
	objects, err := g.render(dir + "/values.yaml")
	if err != nil {
		return err
	}
	var names []string
	for _, o := range g.rendered {
		if o.kind == "ScaledObject" {
			names = append(names, text(o.node, "metadata", "labels", "helm-wasm.dev/function"))
		}
	}
	var added []object
	for _, o := range objects {
		switch {
		case o.component() != "monitoring":
		case o.kind == "ConfigMap":
			if err := g.config(dir, o, false); err != nil {
				return err
			}
		default:
			each(o.node, func(n *yaml.Node) {
				n.Value = strings.ReplaceAll(n.Value, fmt.Sprintf("function=~%q", strings.Join(names, "|")), `function!=""`)
			})
			added = append(added, o)
		}
	}
	return g.print(dir, "values.yaml", map[string][]object{"resources.yaml": added})
}

// each calls visit for the scalars of a tree.
func each(n *yaml.Node, visit func(*yaml.Node)) {
	if n.Kind == yaml.ScalarNode {
		visit(n)
	}
	for _, c := range n.Content {
		each(c, visit)
	}
}
