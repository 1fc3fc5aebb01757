// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"reflect"
	"strings"
)

// modes are the components that say where Kafka is. The last one listed
// decides, so each one's patches undo what the others' do.
var modes = []string{"kafka-bundled", "kafka-strimzi", "kafka-external"}

// clients are the kinds of objects that know Kafka, and who they are for.
var clients = []struct{ kind, selector string }{
	{"ConfigMap", "app.kubernetes.io/component in (function, topics)"},
	{"Deployment", "app.kubernetes.io/component=function"},
	{"ScaledObject", "app.kubernetes.io/component=function"},
	{"Job", "app.kubernetes.io/component=topics"},
}

// kafka writes the three components: what they add, and how clients change.
func (g *generator) kafka() error {
	states := map[string][]object{"": g.rendered}
	for _, mode := range modes {
		objects, err := g.render("components/" + mode + "/values.yaml")
		if err != nil {
			return err
		}
		// Strimzi's rendering has no Job: topics are objects there. Here they are
		// the Job's, so that they are the stack's and not a component's.
		for _, o := range g.rendered {
			if o.kind == "Job" && find(objects, baseName(o)) == nil {
				objects = append(objects, o)
			}
		}
		states[mode] = objects
	}
	for _, mode := range modes {
		dir, from := "components/"+mode, "values.yaml"
		var added []object
		for _, o := range states[mode] {
			switch {
			case find(g.rendered, o.id()) != nil:
			case o.kind == "Job": // the base has it, under a name without hash
			case o.kind == "ConfigMap":
				if err := g.config(dir, o, false); err != nil {
					return err
				}
			default:
				added = append(added, o)
			}
		}
		if mode == "kafka-external" {
			policy, err := g.egressToKafka("components/" + mode + "/values.yaml")
			if err != nil {
				return err
			}
			added = append(added, policy)
		}
		if err := g.print(dir, from, map[string][]object{"resources.yaml": added}); err != nil {
			return err
		}
		if err := g.wiringPatch(dir, from, mode, states[mode]); err != nil {
			return err
		}
		for _, client := range clients {
			patch, err := clientPatch(states, mode, client.kind)
			if err != nil {
				return fmt.Errorf("%s: %w", mode, err)
			}
			if err := g.patch(dir, from, client.kind, patch); err != nil {
				return err
			}
		}
	}
	return nil
}

// clientPatch returns a patch that brings a kind of objects from any component's state
// to that of one. It is the same for all objects of the kind, so that it fits functions
// that are not in this base.
func clientPatch(states map[string][]object, mode, kind string) (map[string]any, error) {
	var common map[string]any
	for i := range states[mode] {
		to := states[mode][i]
		if to.kind != kind || find(states[""], baseName(to)) == nil {
			continue
		}
		want, err := tree(to.node)
		if err != nil {
			return nil, err
		}
		delete(want, "metadata")
		patch := map[string]any{}
		for other, objects := range states {
			if other == mode && other != "" {
				continue
			}
			from := find(objects, baseName(to))
			if from == nil {
				continue
			}
			have, err := tree(from.node)
			if err != nil {
				return nil, err
			}
			delete(have, "metadata")
			patch = join(patch, diff(have, want))
		}
		if common != nil && !reflect.DeepEqual(common, patch) {
			return nil, fmt.Errorf("%s %s changes differently from others of its kind", kind, to.name)
		}
		common = patch
	}
	return common, nil
}

// patch writes one as a file: a JSON patch for ScaledObjects, for whose lists
// Kubernetes knows no merge keys, and a strategic merge for the others.
func (g *generator) patch(dir, from, kind string, patch map[string]any) error {
	name := dir + "/patch-" + strings.ToLower(kind) + ".yaml"
	if len(patch) == 0 {
		return nil
	}
	if kind == "ScaledObject" {
		ops, err := operations("", patch, map[string][]string{"triggers": {"kafka"}})
		if err != nil {
			return err
		}
		text, err := encode(ops)
		if err != nil {
			return err
		}
		g.out.yaml(name, from, text)
		return nil
	}
	patch["apiVersion"] = map[string]string{"ConfigMap": "v1", "Deployment": "apps/v1", "Job": "batch/v1"}[kind]
	patch["kind"] = kind
	patch["metadata"] = map[string]any{"name": "any"}
	text, err := encode(patch)
	if err != nil {
		return err
	}
	g.out.yaml(name, from, text)
	return nil
}

// find returns an object by Kind/name.
func find(objects []object, id string) *object {
	for i := range objects {
		if baseName(objects[i]) == id {
			return &objects[i]
		}
	}
	return nil
}

// baseName returns an object's id without the hash that the chart gives the Job.
func baseName(o object) string {
	if o.kind == "Job" {
		if i := strings.LastIndex(o.name, "-"); len(o.name)-i == 9 {
			return "Job/" + o.name[:i]
		}
	}
	return o.id()
}
