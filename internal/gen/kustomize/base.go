// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"
)

// generator makes all files.
type generator struct {
	dir string
	out files

	rendered []object // the base
}

// base writes the functions and their topics. Data of ConfigMaps become files:
// kustomization.yaml makes ConfigMaps of them whose names change with their content,
// so that pods pick up a change.
func (g *generator) base() error {
	objects, err := g.render()
	if err != nil {
		return err
	}
	g.rendered = objects
	var functions, topics []object
	for _, o := range objects {
		switch {
		case o.kind == "ConfigMap":
			if err := g.config("base", o, o.component() == "topics"); err != nil {
				return err
			}
		case o.kind == "Job":
			// The chart's name has a hash of what the Job does. Here it is the
			// ConfigMap's name, which kustomize gives a hash (references.yaml).
			i := strings.LastIndex(o.name, "-")
			get(o.node, "metadata", "name").Value = o.name[:i]
			topics = append(topics, o)
		case o.component() == "function":
			functions = append(functions, o)
		default:
			return fmt.Errorf("%s is of component %q, which the base has no place for", o.id(), o.component())
		}
	}
	return g.print("base", "../stack.yaml", map[string][]object{"functions.yaml": functions, "topics.yaml": topics})
}

// config writes a ConfigMap's data as files. All have the same kafka.yaml.
func (g *generator) config(dir string, o object, topics bool) error {
	data, err := tree(get(o.node, "data"))
	if err != nil {
		return err
	}
	for key, value := range data {
		name := key
		if key == "runner.yaml" {
			name = text(o.node, "metadata", "labels", "helm-wasm.dev/function") + ".yaml"
		}
		path := fmt.Sprintf("%s/config/%s", dir, name)
		text := fmt.Sprint(value)
		if have, twice := g.out[path]; twice && string(have) != strings.TrimRight(text, "\n")+"\n" {
			return fmt.Errorf("%s: %s differs from that of another ConfigMap", o.id(), key)
		}
		g.out.text(path, text)
	}
	return nil
}

// print writes objects as YAML files.
func (g *generator) print(dir, from string, files map[string][]object) error {
	for name, objects := range files {
		text, err := print(objects...)
		if err != nil {
			return err
		}
		g.out.yaml(dir+"/"+name, from, text)
	}
	return nil
}
