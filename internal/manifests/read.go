// SPDX-License-Identifier: Apache-2.0

package manifests

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/yamlin"
	"github.com/helm-wasm/helm-wasm/stack/values"
)

// MaxBytes is the size in bytes of the largest stream that Read reads.
const MaxBytes = 32 << 20

// kinds are those that rules look at. Of others it matters only whether they are YAML.
var kinds = []string{
	"ScaledObject", "ScaledJob", "TriggerAuthentication", "ClusterTriggerAuthentication",
	"Deployment", "StatefulSet", "Rollout", "HorizontalPodAutoscaler", "PodDisruptionBudget",
	"Secret", "ConfigMap",
}

// Is reports whether a text holds manifests rather than values: its first document
// with content has apiVersion and kind as keys.
func Is(text []byte) bool {
	for _, d := range Split(text) {
		if d.Number == 1 {
			return topKey(d.Text(text), "apiVersion") && topKey(d.Text(text), "kind")
		}
	}
	return false
}

// topKey looks for a key at the first column, or in the first mapping of JSON.
func topKey(text []byte, key string) bool {
	for line := range bytes.Lines(text) {
		if bytes.HasPrefix(line, []byte(key+":")) || bytes.HasPrefix(line, []byte(`"`+key+`":`)) {
			return true
		}
		if line[0] == '{' {
			doc, err := values.Parse("", text)
			return err == nil && doc.Tree()[key] != nil
		}
	}
	return false
}

// Read reads the objects of a stream, also those in Lists, that rules look at. The
// error is of a document that is not YAML, or not an object.
func Read(name string, stream []byte) ([]Object, error) {
	var objects []Object
	for _, d := range Split(stream) {
		text := d.Text(stream)
		if d.Number == 0 || d.Directives(stream) {
			continue
		}
		if !interesting(text) {
			if _, ok := parse(text); ok {
				continue
			}
		}
		doc, err := values.ParseAt(name, text, d.Line-1)
		if err != nil {
			return nil, worded(err, d.Number, text)
		}
		if objects, err = add(objects, name, &d, doc, nil, doc.Tree()); err != nil {
			return nil, err
		}
	}
	return objects, nil
}

// add adds what a document holds: an object, or a List of objects.
func add(objects []Object, name string, d *Document, doc *values.Document, path []string, tree map[string]any) ([]Object, error) {
	o := New(doc, path, tree)
	o.Document = d.Number
	if items, ok := tree["items"].([]any); ok && strings.HasSuffix(o.Kind, "List") {
		for i, item := range items {
			at := append(path[:len(path):len(path)], "items", strconv.Itoa(i))
			m, ok := item.(map[string]any)
			if !ok {
				return nil, notAnObject(name, d, doc, at, "is "+values.KindName(item)+", not an object")
			}
			var err error
			if objects, err = add(objects, name, d, doc, at, m); err != nil {
				return nil, err
			}
		}
		return objects, nil
	}
	if o.APIVersion == "" || o.Kind == "" {
		return nil, notAnObject(name, d, doc, path, "has no apiVersion or no kind, so it is not a manifest")
	}
	if slices.Contains(kinds, o.Kind) {
		objects = append(objects, o)
	}
	return objects, nil
}

func notAnObject(name string, d *Document, doc *values.Document, path []string, problem string) error {
	at := doc.Position(path...)
	return &values.ParseError{
		Name: name, Line: max(at.Line, d.Line), Column: at.Column, Msg: "document " + strconv.Itoa(d.Number) + " " + problem,
		Hint: "give manifests and values in files of their own",
	}
}

// worded says of which document an error is, and what Helm's templates are.
func worded(err error, number int, text []byte) error {
	parse, ok := err.(*values.ParseError)
	if !ok {
		return err
	}
	parse.Msg = "document " + strconv.Itoa(number) + " " + parse.Msg
	if bytes.Contains(text, []byte("{{")) {
		parse.Hint = "this is a template of Helm: render it first, with `helm template`"
	}
	return parse
}

// asText keeps scalars as they are written: only keys matter.
var asText = yamlin.Scalars{
	Plain: func(text string) (any, bool) { return text, true },
	Key:   func(text string) (string, bool) { return text, true },
}

// maxValues is how many values a document may have that no rule looks at.
const maxValues = 1_000_000

// parse reads a document with the fast reader.
func parse(text []byte) (tree map[string]any, ok bool) {
	if text[len(text)-1] != '\n' {
		text = append(text[:len(text):len(text)], '\n')
	}
	tree, _, ok = yamlin.Parse(text, asText, maxValues)
	return tree, ok
}

// interesting reports whether a document may hold an object of one of the kinds. A
// custom resource's definition names them too, but not at its first column.
func interesting(text []byte) bool {
	for line := range bytes.Lines(text) {
		if kind, ok := bytes.CutPrefix(line, []byte("kind:")); ok {
			kind = bytes.Trim(bytes.TrimSpace(kind), `"'`)
			word, _, _ := strings.Cut(string(kind), " ")
			return strings.HasSuffix(word, "List") || slices.Contains(kinds, word)
		}
	}
	return true
}
