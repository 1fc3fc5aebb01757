// SPDX-License-Identifier: Apache-2.0

package postrender

import (
	"slices"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/suggest"
	"github.com/helm-wasm/helm-wasm/internal/text"
	"github.com/helm-wasm/helm-wasm/stack"
)

// Prefix begins the annotations that are read. After it comes the path of a field of
// `workloads.NAME` or of `kafka`.
const Prefix = "helm-wasm.dev/"

// The annotations that are not the path of a field.
const (
	wholeWorkload = "workload"      // the mapping below workloads.NAME
	keepReplicas  = "keep-replicas" // leaves spec.replicas alone
)

// hookAnnotation marks a hook of Helm.
const hookAnnotation = "helm.sh/hook"

// workload is an annotated Deployment or StatefulSet.
type workload struct {
	*object
	id       int
	keep     bool           // leave spec.replicas alone
	tree     map[string]any // of workloads.NAME
	kafka    map[string]any // of kafka
	settings []setting      // sorted by path, a path before those below it
	scaled   string         // name of its ScaledObject
	twice    bool           // another workload is the same object
}

// setting is one annotation.
type setting struct {
	path string
	keys []string // path of the annotation in the object
	text string
}

// roots are the first parts that a path can have.
var roots = []string{"enabled", "kafka", keepReplicas, "scaleTargetRef", "scaling", "source", wholeWorkload}

// annotatedAt are the places where annotations are read; later ones win.
var annotatedAt = [][]string{{"spec", "template", "metadata"}, {"metadata"}}

// newWorkload reads the annotations of an object. It returns nil if there are none.
func (r *run) newWorkload(o *object) *workload {
	w := &workload{object: o, tree: map[string]any{}, kafka: map[string]any{}}
	byPath := map[string]setting{}
	for _, place := range annotatedAt {
		m := o.tree
		for _, key := range place {
			m = mapping(m, key)
		}
		for name, v := range mapping(m, "annotations") {
			path, ours := strings.CutPrefix(name, Prefix)
			if !ours {
				continue
			}
			s := setting{path: path, keys: append(place[:len(place):len(place)], "annotations", name)}
			var isText bool
			if s.text, isText = v.(string); !isText {
				r.at(w, s.keys, "annotation "+name+" is not a string, as annotations must be", "put its value into quotes")
				continue
			}
			byPath[path] = s
		}
	}
	if len(byPath) == 0 {
		return nil
	}
	for _, s := range byPath {
		w.settings = append(w.settings, s)
	}
	slices.SortFunc(w.settings, func(a, b setting) int { return strings.Compare(a.path, b.path) })
	return w
}

// values turns the annotations into values: whole mappings first, then the fields in
// them.
func (r *run) values(w *workload) {
	for _, s := range w.settings {
		if s.path == wholeWorkload {
			r.whole(w, s)
		}
	}
	for _, s := range w.settings {
		root, _, _ := strings.Cut(s.path, ".")
		name := "annotation " + Prefix + s.path
		switch {
		case s.path == wholeWorkload:
		case s.path == keepReplicas:
			if s.text != "true" && s.text != "false" {
				r.at(w, s.keys, name+": "+text.Quote(s.text)+" is neither true nor false", `write "true" or "false"`)
			}
			w.keep = s.text == "true"
		case !slices.Contains(roots, root):
			fix := "what may follow " + Prefix + " is in docs/POST-RENDER.md"
			if len(r.problems) >= maxProblems {
				// The message does not show it.
			} else if best := suggest.Nearest(root, roots); best != "" {
				fix = "did you mean " + Prefix + best + s.path[len(root):] + "?"
			} else if belongs := r.types.belongs(s.path); belongs != "" {
				fix = "did you mean " + Prefix + belongs + "?"
			}
			r.at(w, s.keys, name+" is unknown (its value is "+text.Quote(s.text)+")", fix)
		default:
			v, err := r.types.value(s.path, s.text)
			if err != nil {
				r.at(w, s.keys, name+": "+err.Msg, err.Hint)
				continue
			}
			if root == "kafka" {
				if _, ok := v.(map[string]any); !ok && v != nil && s.path == root {
					v = map[string]any{"bootstrapServers": v} // as in whole
				}
				put(map[string]any{"kafka": w.kafka}, strings.Split(s.path, "."), v)
				continue
			}
			put(w.tree, strings.Split(s.path, "."), v)
		}
	}
	target := mapping(w.tree, "scaleTargetRef")
	for _, own := range []string{"apiVersion", "kind", "name"} {
		if target[own] != nil {
			r.setting(w, "scaleTargetRef."+own, "scaleTargetRef."+own+" is the annotated "+w.kind+"'s own", "remove it")
		}
	}
	put(w.tree, []string{"scaleTargetRef", "apiVersion"}, w.apiVersion)
	put(w.tree, []string{"scaleTargetRef", "kind"}, w.kind)
	put(w.tree, []string{"scaleTargetRef", "name"}, w.name)
	for _, key := range []string{"bundled", "createTopics", "mode", "strimzi"} {
		if w.kafka[key] != nil {
			r.setting(w, "kafka."+key, "kafka."+key+" is for brokers that a chart creates, but here they exist already",
				"remove it; kafka.bootstrapServers says where they are")
		}
	}
}

// whole reads the mapping in helm-wasm.dev/workload.
func (r *run) whole(w *workload, s setting) {
	name := "annotation " + Prefix + wholeWorkload
	v, err := parseValue(s.text)
	if err != nil {
		r.at(w, s.keys, name+": "+err.Msg, err.Hint)
		return
	}
	m, ok := v.(map[string]any)
	if !ok {
		r.at(w, s.keys, name+" is not a mapping",
			"write what belongs below workloads.NAME, such as `{source: {topic: orders, consumerGroup: billing}}`")
		return
	}
	for k, v := range m {
		if k != "kafka" {
			w.tree[k] = v
			continue
		}
		if kafka, ok := v.(map[string]any); ok {
			w.kafka = kafka
		} else {
			w.kafka = map[string]any{"bootstrapServers": v}
		}
	}
}

// put sets a value at a path, unless something that is not a mapping is in the way,
// which the linter reports later.
func put(m map[string]any, path []string, v any) {
	for _, key := range path[:len(path)-1] {
		below, ok := m[key].(map[string]any)
		if !ok {
			if m[key] != nil {
				return
			}
			below = map[string]any{}
			m[key] = below
		}
		m = below
	}
	last := path[len(path)-1]
	over, ok := v.(map[string]any)
	under, both := m[last].(map[string]any)
	if !ok || !both {
		m[last] = v
		return
	}
	for k, e := range over {
		put(under, []string{k}, e)
	}
}

// parseValue reads the text of an annotation as YAML.
func parseValue(value string) (any, *stack.ParseError) {
	wrapped := "v: " + value
	if value == "" || strings.IndexByte(`{["'`, value[0]) < 0 || strings.IndexByte(value, '\n') >= 0 {
		wrapped = "v:\n " + strings.ReplaceAll(strings.TrimRight(value, "\n"), "\n", "\n ")
	}
	doc, err := stack.Parse("", []byte(wrapped+"\n"))
	if err != nil {
		e, ok := err.(*stack.ParseError)
		if !ok {
			e = &stack.ParseError{Msg: err.Error()}
		}
		return nil, e
	}
	if len(doc.Tree()) != 1 {
		return nil, &stack.ParseError{Msg: text.Quote(value) + " is not one YAML value"}
	}
	return doc.Tree()["v"], nil
}
