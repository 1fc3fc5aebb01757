// SPDX-License-Identifier: Apache-2.0

package postrender

import (
	"slices"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/manifests"
	"github.com/helm-wasm/helm-wasm/stack"
)

// MaxBytes is the size in bytes of the largest stream that callers should pass to
// Run. What Helm can store of a release is far smaller.
const MaxBytes = 16 << 20

// Options of Run.
type Options struct {
	// Values are shared by all workloads: those below `kafka` and `defaults`.
	// Annotations override them. Nil means none.
	Values *stack.Document
}

// Run adds to a stream of manifests what its annotations ask for. The error is of
// type Problems and lists all mistakes that were found.
func Run(stream []byte, opts Options) ([]byte, error) {
	r := &run{reader: reader{stream: stream}, types: types{}, added: map[int][]string{}, cut: map[int][2]int{}}
	if err := r.shared(opts.Values); err != nil {
		return nil, err
	}
	r.docs = manifests.Split(stream)
	r.readAll()
	if r.problems == nil {
		r.annotated()
	}
	if len(r.workloads) > 0 {
		r.targets()
		r.render()
	}
	if r.problems == nil {
		return r.out(), nil
	}
	return nil, r.problems
}

// run is one call of Run.
type run struct {
	reader
	types     types
	kafka     map[string]any // what all workloads share
	defaults  map[string]any
	docs      []manifests.Document
	objects   []*object // those that may matter
	there     map[targetKey]*object
	workloads []*workload
	problems  Problems

	added map[int][]string // objects to add after a document, by its index
	cut   map[int][2]int   // part of a document to leave out, by its index
}

// sharable are the keys of values that apply to workloads.
var sharable = []string{"defaults", "kafka"}

// shared reads the values for all workloads.
func (r *run) shared(doc *stack.Document) error {
	if doc == nil {
		return nil
	}
	tree := doc.Tree()
	for _, f := range stack.Validate(doc) {
		r.problems = append(r.problems, Problem{Where: f.Path, Message: f.Message, Fix: f.Fix})
	}
	for key := range tree {
		if r.problems == nil && !slices.Contains(sharable, key) {
			r.problems = append(r.problems, Problem{
				Where: key, Message: "values for post-render may contain " + strings.Join(sharable, " and ") + " only", Fix: "remove it",
			})
		}
	}
	r.kafka, r.defaults = mapping(tree, "kafka"), mapping(tree, "defaults")
	if r.problems != nil {
		return r.problems
	}
	return nil
}

// readAll reads every document. One that is not YAML is a problem.
func (r *run) readAll() {
	for i := range r.docs {
		d := &r.docs[i]
		if d.Number == 0 {
			continue
		}
		o, err := r.read(d)
		if err != nil {
			r.unreadable(d, err)
			continue
		}
		if o != nil {
			o.index = i
			r.objects = append(r.objects, o)
		}
	}
}

// pushed says that a workload asks for the chart's scaler.
func (r *run) pushed(w *workload) bool {
	activation, set := mapping(w.tree, "scaling")["activation"]
	if !set {
		activation = mapping(r.defaults, "scaling")["activation"]
	}
	return activation == "push"
}

// annotated finds the workloads.
func (r *run) annotated() {
	var elsewhere []string
	for _, o := range r.objects {
		if o.parsed == nil {
			continue
		}
		if strings.HasSuffix(o.kind, "List") {
			r.list(o)
			continue
		}
		w := r.newWorkload(o)
		if w == nil {
			continue
		}
		if !scalable(o) {
			elsewhere = append(elsewhere, o.title())
			continue
		}
		r.values(w)
		if enabled, ok := w.tree["enabled"].(bool); ok && !enabled {
			continue
		}
		if hook := str(mapping(mapping(o.tree, "metadata"), "annotations"), hookAnnotation); hook != "" {
			r.problem(w, "it is a hook of Helm ("+hook+"), which runs to its end and cannot be scaled",
				"annotate another object, or remove "+hookAnnotation)
		}
		if r.pushed(w) {
			r.problem(w, "its scaling.activation is push, and only the chart brings the scaler that this needs",
				"remove scaling.activation, and KEDA polls")
		}
		if w.name == "" {
			r.problem(w, "it has no metadata.name", "give it one")
		}
		w.id = len(r.workloads)
		r.workloads = append(r.workloads, w)
	}
	// Some charts put annotations on everything they make. That is not a mistake
	// if there is something to scale.
	if len(r.workloads) == 0 && len(elsewhere) > 0 && r.problems == nil {
		r.problems = append(r.problems, Problem{
			Message: "annotations " + Prefix + "... are on " + some(elsewhere) +
				", but only a Deployment or StatefulSet of apps/v1 can have them",
			Fix: "annotate the Deployment or StatefulSet, or its pod template",
		})
	}
}

// scalable reports whether an object may be annotated.
func scalable(o *object) bool {
	return strings.HasPrefix(o.apiVersion, "apps/") && (o.kind == "Deployment" || o.kind == "StatefulSet")
}

// list refuses annotated objects in a List.
func (r *run) list(o *object) {
	items, _ := o.tree["items"].([]any)
	for _, item := range items {
		m, _ := item.(map[string]any)
		inner := newObject(o.Document, m)
		if m == nil || !scalable(inner) {
			continue
		}
		if w := r.newWorkload(inner); w != nil {
			r.problem(w, "it is in a "+o.kind, "make it a document of its own, or remove the annotations")
		}
	}
}

// some lists the first few titles.
func some(list []string) string {
	if len(list) > 3 {
		list = append(list[:3:3], "others")
	}
	return strings.Join(list, ", ")
}

// out returns the stream with everything added and cut.
func (r *run) out() []byte {
	if len(r.added) == 0 && len(r.cut) == 0 {
		return r.stream
	}
	size := len(r.stream)
	for _, list := range r.added {
		for _, text := range list {
			size += len(text) + 8
		}
	}
	out := make([]byte, 0, size)
	for i := range r.docs {
		d := &r.docs[i]
		if gap, ok := r.cut[i]; ok {
			out = append(out, r.stream[d.Start:gap[0]]...)
			out = append(out, r.stream[gap[1]:d.End]...)
		} else {
			out = append(out, r.stream[d.Start:d.End]...)
		}
		if len(r.added[i]) == 0 {
			continue
		}
		if len(out) > 0 && out[len(out)-1] != '\n' {
			out = append(out, '\n')
		}
		for _, text := range r.added[i] {
			out = append(out, "---\n"...)
			out = append(out, text...)
		}
		// A document after ... need not begin with a line of its own.
		if i+1 < len(r.docs) && r.docs[i+1].Start == r.docs[i+1].Body {
			out = append(out, "...\n"...)
		}
	}
	return out
}
