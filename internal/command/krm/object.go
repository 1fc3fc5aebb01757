// SPDX-License-Identifier: Apache-2.0

package krm

import (
	"errors"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack"
	"github.com/helm-wasm/helm-wasm/stack/values"
)

// object is an item of the list, or its functionConfig.
type object struct {
	where string // items[3]
	raw   string // an item as it was written, with its dash and the comments before it
	at    int    // offset of raw

	apiVersion, kind, name, namespace string

	metadata map[string]any
	doc      *stack.Document // of a WasmStack and of the functionConfig
	removed  bool
	after    []string // what follows it in the new list
}

// newObject reads the identity of an object.
func newObject(where string, doc *stack.Document) *object {
	tree := doc.Tree()
	o := &object{where: where}
	o.apiVersion, _ = tree["apiVersion"].(string)
	o.kind, _ = tree["kind"].(string)
	o.metadata, _ = tree["metadata"].(map[string]any)
	o.name, _ = o.metadata["name"].(string)
	o.namespace, _ = o.metadata["namespace"].(string)
	if o.kind == Kind {
		o.doc = doc
	}
	return o
}

// id identifies the object in a cluster, where versions of a group do not count.
func (o *object) id() string {
	return strings.Join([]string{group(o.apiVersion), o.kind, effective(o.namespace), o.name}, "/")
}

func effective(namespace string) string {
	if namespace == "" {
		return "default"
	}
	return namespace
}

// group returns the group of an API, "" for the core of Kubernetes.
func group(apiVersion string) string {
	g, _, ok := strings.Cut(apiVersion, "/")
	if !ok {
		return ""
	}
	return g
}

// String names the object in messages.
func (o *object) String() string {
	s := o.where + ", " + o.kind + " " + strconv.Quote(o.name)
	if path := o.annotation("path"); path != "" {
		s += " of " + path
	}
	return s
}

// annotation returns an annotation that the orchestrator wrote on the object.
func (o *object) annotation(key string) string {
	annotations, _ := o.metadata["annotations"].(map[string]any)
	v, _ := annotations["internal.config.kubernetes.io/"+key].(string)
	if v == "" {
		v, _ = annotations["config.kubernetes.io/"+key].(string)
	}
	return v
}

// label returns a label of the object.
func (o *object) label(key string) string {
	labels, _ := o.metadata["labels"].(map[string]any)
	v, _ := labels[key].(string)
	return v
}

// fromChart reports whether the object was rendered from this project's chart.
func (o *object) fromChart() bool {
	return strings.HasPrefix(o.label("helm.sh/chart"), "wasm-keda-stack-")
}

// maxChecked is the size in bytes of the largest unusual object that is checked: in
// the sandbox the YAML library needs some seconds for a megabyte.
const maxChecked = 256 << 10

// item reads an item. Objects of others need not follow the rules of values files,
// nor be small.
func (l *list) item(where, text string, at int) (*object, error) {
	doc, err := stack.Parse(where, []byte(text))
	if err == nil {
		return newObject(where, doc), nil
	}
	o := &object{where: where, kind: after(text, "kind: "), name: after(text, "name: ")}
	if o.kind == "" {
		return nil, l.located(err, where, text, at)
	}
	foreign := !strings.Contains(text, Kind) && !strings.Contains(err.Error(), "is given twice")
	if foreign && (len(text) > maxChecked || values.IsYAML([]byte(text))) {
		o.kind = "" // it is passed on as it is
		return o, nil
	}
	return nil, errors.New(strings.Replace(l.located(err, where, text, at).Error(), where, o.String(), 1))
}

// after returns the rest of the first line that has a key, in the form that most
// objects have.
func after(text, key string) string {
	_, text, _ = strings.Cut(text, key)
	if i := strings.IndexAny(text, "\n,}"); i >= 0 {
		text = text[:i]
	}
	return strings.Trim(withoutComment(text), `"'`)
}
