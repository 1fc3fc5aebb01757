// SPDX-License-Identifier: Apache-2.0

package postrender

import (
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/text"
	"github.com/helm-wasm/helm-wasm/internal/yamlout"
	"github.com/helm-wasm/helm-wasm/stack"
)

// chunk is how many workloads are rendered at once, since values have limits.
const chunk = 500

// group is the workloads of one namespace that reach Kafka in the same way.
type group struct {
	kafka     map[string]any
	workloads []*workload
}

// render renders the objects of all workloads and leaves their replicas out. After
// a mistake it goes on only to find more of them.
func (r *run) render() {
	for _, g := range r.groups() {
		for rest, first := g.workloads, true; len(rest) > 0; first = false {
			some := rest[:min(chunk, len(rest))]
			rest = rest[len(some):]
			r.renderSome(g, some, first)
		}
	}
	for _, w := range r.workloads {
		r.dropReplicas(w)
	}
}

// groups divides the workloads by what they share.
func (r *run) groups() []*group {
	var list []*group
	byKey := map[string]*group{}
	for _, w := range r.workloads {
		if w.twice {
			continue
		}
		var kafka map[string]any
		if len(w.kafka) > 0 || mapping(w.tree, "source")["topic"] != nil {
			kafka = merged(r.kafka, w.kafka)
			kafka["mode"] = "external"
		}
		key, err := yamlout.AppendJSON([]byte(w.namespace+"\n"), kafka)
		if err != nil {
			r.problem(w, err.Error(), "")
			continue
		}
		g := byKey[string(key)]
		if g == nil {
			g = &group{kafka: kafka}
			byKey[string(key)] = g
			list = append(list, g)
		}
		g.workloads = append(g.workloads, w)
	}
	return list
}

// merged returns a copy of under with the values of over in it.
func merged(under, over map[string]any) map[string]any {
	out := make(map[string]any, len(under)+len(over)+1)
	for k, v := range under {
		if m, ok := v.(map[string]any); ok {
			v = merged(m, nil)
		}
		out[k] = v
	}
	for k, v := range over {
		if m, ok := v.(map[string]any); ok {
			below, _ := out[k].(map[string]any)
			v = merged(below, m)
		}
		out[k] = v
	}
	return out
}

// renderSome checks and renders some workloads of a group.
func (r *run) renderSome(g *group, some []*workload, first bool) {
	values := map[string]any{"fullnameOverride": g.workloads[0].scaled}
	if g.kafka != nil {
		values["kafka"] = g.kafka
	}
	if r.defaults != nil {
		values["defaults"] = r.defaults
	}
	trees := make(map[string]any, len(some))
	for _, w := range some {
		trees["w"+strconv.Itoa(w.id)] = w.tree
	}
	values["workloads"] = trees
	data, err := yamlout.AppendYAML(nil, values)
	if err == nil {
		var doc *stack.Document
		if doc, err = stack.Parse("", data); err == nil {
			if r.lint(doc, some[0]); r.problems != nil {
				return
			}
			var rendered stack.Rendered
			if rendered, err = stack.Render(doc, stack.RenderOptions{Namespace: some[0].namespace}); err == nil {
				r.take(rendered, some[0], first)
			}
		}
	}
	if err != nil {
		msg := err.Error()
		if _, said, ok := strings.Cut(msg, "): "); ok && strings.HasPrefix(msg, "execution error at ") {
			msg = said
		}
		r.problem(some[0], r.renamed(msg), "")
	}
}

// take adds rendered objects after their workloads. The objects that a group shares
// are added once, before its first ScaledObject.
func (r *run) take(rendered stack.Rendered, owner *workload, first bool) {
	objects := rendered.Objects()
	for _, shared := range []bool{true, false} {
		for i := range objects {
			o := &objects[i]
			if (o.Kind != "ScaledObject") != shared || shared && !first {
				continue
			}
			w := owner
			if !shared {
				w = r.owner(o.Text)
			} else if other := r.there[targetKey{w.namespace, o.Kind, o.Name}]; other != nil {
				r.problem(w, "its "+o.Kind+" would be named "+text.Quote(o.Name)+", like the one in "+other.Where(0),
					"rename that one in the chart's values")
			}
			r.added[w.index] = append(r.added[w.index], w.adopted(o))
		}
	}
}

// owner returns the workload of a ScaledObject, which its label names.
func (r *run) owner(text string) *workload {
	_, rest, _ := strings.Cut(text, "\n"+workloadLabel+`"w`)
	id := 0
	for i := 0; i < len(rest) && rest[i] != '"'; i++ {
		id = id*10 + int(rest[i]-'0')
	}
	return r.workloads[id]
}
