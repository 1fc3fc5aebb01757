// SPDX-License-Identifier: Apache-2.0

package postrender

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"

	"github.com/helm-wasm/helm-wasm/internal/yamlin"
	"github.com/helm-wasm/helm-wasm/stack"
)

// What a document must contain to be worth a look, besides whether it is YAML.
var (
	prefixBytes = []byte(Prefix)
	autoscalers = [][]byte{[]byte("ScaledObject"), []byte("HorizontalPodAutoscaler"), []byte("TriggerAuthentication")}
)

// FilenameAnnotation is Helm's: it names the file of the chart that a document
// came from, and Helm puts it there again.
const FilenameAnnotation = "postrenderer.helm.sh/postrender-filename"

// maxSlow is how much of a stream, in bytes, the YAML library reads only to see
// whether it is YAML. In the sandbox it takes seconds for a megabyte. What is
// mistaken after that is for Helm and Kubernetes to find.
const maxSlow = 256 << 10

// maxValues is how many values one document may have.
const maxValues = 1_000_000

// object is what a document says.
type object struct {
	*document
	index      int // of the document
	tree       map[string]any
	parsed     *stack.Document // knows positions; nil for what is not ours
	apiVersion string
	kind       string
	name       string
	namespace  string
}

// asText leaves scalars as they stand: only names are looked at.
var asText = yamlin.Scalars{
	Plain: func(text string) (any, bool) { return text, true },
	Key:   func(text string) (string, bool) { return text, true },
}

// reader reads documents and counts what that costs.
type reader struct {
	stream []byte
	slow   int
}

// read checks a document, and returns the object when it may matter.
func (r *reader) read(d *document) (*object, error) {
	text := d.text(r.stream)
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
	case ok || d.directives(r.stream):
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
		// What cannot be a tree of ours (other tags, a key given twice) is no
		// mistake here.
		if parsed, err := stack.Parse("", text); err == nil {
			return newObject(d, parsed.Tree()), nil
		}
	}
	return nil, nil
}

// marked reads a document that has our prefix somewhere.
func (r *reader) marked(d *document, text []byte) (*object, error) {
	parsed, err := stack.Parse("", text)
	if err != nil {
		if d.directives(r.stream) {
			return nil, nil
		}
		if isMapping, wrong := syntax(text); wrong == nil && !isMapping {
			return nil, nil // no object of Kubernetes
		}
		return nil, worded(text, err)
	}
	o := newObject(d, parsed.Tree())
	o.parsed = parsed
	return o, nil
}

// syntax is the YAML library's opinion.
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

// worded says what is wrong in the words that values files get.
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

func newObject(d *document, tree map[string]any) *object {
	o := &object{document: d, tree: tree, apiVersion: str(tree, "apiVersion"), kind: str(tree, "kind")}
	meta := mapping(tree, "metadata")
	o.name, o.namespace = str(meta, "name"), str(meta, "namespace")
	if file := str(mapping(meta, "annotations"), FilenameAnnotation); file != "" {
		o.source = file
	}
	return o
}

// title names the object and where it stands.
func (o *object) title() string {
	return fmt.Sprintf("%s %q (%s)", o.kind, o.name, o.where(0))
}

// str is a string in a mapping.
func str(m map[string]any, key string) string {
	s, _ := m[key].(string)
	return s
}

// mapping is a mapping in a mapping.
func mapping(m map[string]any, key string) map[string]any {
	below, _ := m[key].(map[string]any)
	return below
}
