// SPDX-License-Identifier: Apache-2.0

package postrender

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"

	"github.com/helm-wasm/helm-wasm/internal/manifests"
	"github.com/helm-wasm/helm-wasm/internal/yamlin"
	"github.com/helm-wasm/helm-wasm/stack"
)

// A document is looked at only if it contains one of these. Of others it matters
// only whether they are YAML.
var (
	prefixBytes = []byte(Prefix)
	autoscalers = [][]byte{[]byte("ScaledObject"), []byte("HorizontalPodAutoscaler"), []byte("TriggerAuthentication")}
)

// FilenameAnnotation is Helm's annotation with the file of the chart that a document
// comes from. Helm sorts the documents back into these files afterwards.
const FilenameAnnotation = "postrenderer.helm.sh/postrender-filename"

// maxSlow is how many bytes of a stream the YAML library reads only to see whether
// they are YAML. In the sandbox it needs seconds for a megabyte. Mistakes beyond
// that are left for Helm and Kubernetes to find.
const maxSlow = 256 << 10

// maxValues is how many values a document may have.
const maxValues = 1_000_000

// object is the content of a document.
type object struct {
	*manifests.Document
	index      int // of the document
	tree       map[string]any
	parsed     *stack.Document // knows positions; nil without our prefix
	apiVersion string
	kind       string
	name       string
	namespace  string
}

// asText keeps scalars as they are written: only names matter.
var asText = yamlin.Scalars{
	Plain: func(text string) (any, bool) { return text, true },
	Key:   func(text string) (string, bool) { return text, true },
}

// reader reads documents and counts the bytes that are slow to read.
type reader struct {
	stream []byte
	slow   int
}

// read checks a document, and returns its object if that may matter.
func (r *reader) read(d *manifests.Document) (*object, error) {
	text := d.Text(r.stream)
	marked := bytes.Contains(text, prefixBytes)
	if marked {
		return r.marked(d, text)
	}
	interesting := false
	for _, kind := range autoscalers {
		interesting = interesting || bytes.Contains(text, kind)
	}
	tree, _, ok := yamlin.Parse(text, asText, maxValues)
	switch {
	case ok && interesting:
		return newObject(d, tree), nil
	case ok || d.Directives(r.stream):
		return nil, nil
	}
	if r.slow += len(text); r.slow <= maxSlow {
		isMapping, err := syntax(text)
		if err != nil {
			return nil, worded(text, err)
		}
		interesting = interesting && isMapping
	}
	if interesting {
		// Values files may not have other tags or a key given twice, but here
		// they are not a mistake.
		if parsed, err := stack.Parse("", text); err == nil {
			return newObject(d, parsed.Tree()), nil
		}
	}
	return nil, nil
}

// marked reads a document that contains our prefix.
func (r *reader) marked(d *manifests.Document, text []byte) (*object, error) {
	parsed, err := stack.Parse("", text)
	if err != nil {
		if d.Directives(r.stream) {
			return nil, nil
		}
		if isMapping, wrong := syntax(text); wrong == nil && !isMapping {
			return nil, nil // not a Kubernetes object
		}
		return nil, worded(text, err)
	}
	o := newObject(d, parsed.Tree())
	o.parsed = parsed
	return o, nil
}

// syntax reports what the YAML library finds in a text: a mapping, or a mistake.
func syntax(text []byte) (isMapping bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("cannot be read as YAML")
		}
	}()
	for dec := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var n yaml.Node
		if err := dec.Decode(&n); errors.Is(err, io.EOF) {
			return isMapping, nil
		} else if err != nil {
			return false, err
		}
		isMapping = len(n.Content) == 1 && n.Content[0].Kind == yaml.MappingNode
	}
}

// worded returns an error in the words that are used for values files.
func worded(text []byte, err error) error {
	var parse *stack.ParseError
	if errors.As(err, &parse) {
		return parse
	}
	if _, said := stack.Parse("", text); errors.As(said, &parse) {
		return parse
	}
	return &stack.ParseError{Msg: err.Error()}
}

func newObject(d *manifests.Document, tree map[string]any) *object {
	o := &object{Document: d, tree: tree, apiVersion: str(tree, "apiVersion"), kind: str(tree, "kind")}
	meta := mapping(tree, "metadata")
	o.name, o.namespace = str(meta, "name"), str(meta, "namespace")
	if file := str(mapping(meta, "annotations"), FilenameAnnotation); file != "" {
		o.Source = file
	}
	return o
}

// title names the object and where it is.
func (o *object) title() string {
	return fmt.Sprintf("%s %q (%s)", o.kind, o.name, o.Where(0))
}

// str returns a string in a mapping, "" if there is none.
func str(m map[string]any, key string) string {
	s, _ := m[key].(string)
	return s
}

// mapping returns a mapping in a mapping, nil if there is none.
func mapping(m map[string]any, key string) map[string]any {
	below, _ := m[key].(map[string]any)
	return below
}
