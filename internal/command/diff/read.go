// SPDX-License-Identifier: Apache-2.0

package diff

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	goyaml "go.yaml.in/yaml/v2"
	"sigs.k8s.io/yaml"

	"github.com/helm-wasm/helm-wasm/stack"
)

// Read reads the objects of a stream of YAML or JSON documents, including those in
// Lists. Messages call the stream by its name.
func Read(name string, data []byte) ([]Object, error) {
	var objects []Object
	docs := split(string(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	lines := 0
	for i, text := range docs {
		where := name
		if len(docs) > 1 {
			where = fmt.Sprintf("%s, document %d", name, i+1)
		}
		v, err := decode(text)
		if err != nil {
			// Read it again after as many lines as in the file, so that the
			// error has the right line.
			_, err = decode(strings.Repeat("\n", lines) + text)
			return nil, fmt.Errorf("%s: %w", where, err)
		}
		lines += strings.Count(text, "\n")
		if v == nil {
			continue
		}
		if objects, err = add(objects, where, v); err != nil {
			return nil, err
		}
	}
	return objects, nil
}

// split divides a stream into documents.
func split(stream string) []string {
	var docs []string
	start, at := 0, 0
	for line := range strings.Lines(stream) {
		if line == "---" || strings.HasPrefix(line, "---") && strings.ContainsAny(line[3:4], " \t\r\n") {
			docs = append(docs, stream[start:at])
			// The rest of the line belongs to the document.
			start = at + 3
		}
		at += len(line)
	}
	return append(docs, stream[start:])
}

// add adds the content of a document: an object, or a List of objects.
func add(objects []Object, where string, v any) ([]Object, error) {
	tree, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%s: not a Kubernetes object but %s: only manifests can be compared", where, kindOf(v))
	}
	apiVersion, _ := tree["apiVersion"].(string)
	kind, _ := tree["kind"].(string)
	metadata, _ := tree["metadata"].(map[string]any)
	if items, ok := tree["items"].([]any); ok && strings.HasSuffix(kind, "List") && apiVersion != "" {
		for i, item := range items {
			var err error
			if objects, err = add(objects, fmt.Sprintf("%s, items[%d]", where, i), item); err != nil {
				return nil, err
			}
		}
		return objects, nil
	}
	o := Object{APIVersion: apiVersion, Source: where, Tree: tree, ID: ID{Kind: kind}}
	o.Name, _ = metadata["name"].(string)
	o.Namespace, _ = metadata["namespace"].(string)
	if group, _, ok := strings.Cut(apiVersion, "/"); ok {
		o.Group = group
	}
	switch {
	case apiVersion == "" && kind == "":
		return nil, fmt.Errorf("%s: has neither apiVersion nor kind, so it is not a manifest: leave it out of the comparison", where)
	case apiVersion == "":
		return nil, fmt.Errorf("%s: %s has no apiVersion", where, kind)
	case kind == "":
		return nil, fmt.Errorf("%s: an object of apiVersion %q has no kind", where, apiVersion)
	case o.Name == "":
		return nil, fmt.Errorf("%s: %s has no metadata.name", where, kind)
	}
	if o.Group == "" && kind == "Secret" {
		hide(tree)
	}
	return append(objects, o), nil
}

// decode reads one document as Kubernetes does. An empty one is nil. Numbers are
// int64 if they are whole, and float64 otherwise.
func decode(text string) (any, error) {
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	// The reader of values can read most documents and is many times faster. It
	// makes numbers float64, which cannot represent the largest ones.
	if doc, err := stack.Parse("manifest", []byte(text)); err == nil && len(doc.Tree()) > 0 {
		if v, exact := normal(doc.Tree()); exact {
			return v, nil
		}
	}
	data, err := yaml.YAMLToJSONStrict([]byte(text))
	if err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "error converting YAML to JSON: "))
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if depth(v) > maxDepth {
		return nil, fmt.Errorf("lists and mappings are nested more than %d deep", maxDepth)
	}
	// As text, keys such as 1 and "1" are equal, and YAMLToJSON keeps only one.
	var written any
	if err := goyaml.UnmarshalStrict([]byte(text), &written); err != nil || keys(written) != keys(v) {
		return nil, errors.New(`two keys of a mapping are the same as text, as 1 and "1" are: remove one`)
	}
	v, _ = normal(v)
	return v, nil
}

// maxDepth is how deep values may be nested. The types of Kubernetes need a tenth of
// that.
const maxDepth = 256

// depth returns how deep values are nested.
func depth(v any) (deepest int) {
	switch v := v.(type) {
	case map[string]any:
		for _, value := range v {
			deepest = max(deepest, depth(value)+1)
		}
	case []any:
		for _, value := range v {
			deepest = max(deepest, depth(value)+1)
		}
	}
	return deepest
}

// keys counts the keys of all mappings.
func keys(v any) (n int) {
	switch v := v.(type) {
	case map[string]any:
		for _, value := range v {
			n += keys(value) + 1
		}
	case map[any]any:
		for _, value := range v {
			n += keys(value) + 1
		}
	case []any:
		for _, value := range v {
			n += keys(value)
		}
	}
	return n
}

// exactly is the limit below which a float64 represents every whole number.
const exactly = 1 << 53

// normal gives numbers a common type, so that == compares them. It reports whether
// all of them are certain to be what was written.
func normal(v any) (any, bool) {
	exact := true
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			normalised, ok := normal(value)
			v[key], exact = normalised, exact && ok
		}
	case []any:
		for i := range v {
			normalised, ok := normal(v[i])
			v[i], exact = normalised, exact && ok
		}
	case int:
		return int64(v), true
	case float64:
		exact = v > -exactly && v < exactly
		if exact && float64(int64(v)) == v {
			return int64(v), true
		}
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n, true
		}
		if f, err := v.Float64(); err == nil && strings.ContainsAny(string(v), ".eE") {
			return normal(f)
		}
	}
	return v, exact
}

// kindOf names the type of a value.
func kindOf(v any) string {
	switch v.(type) {
	case map[string]any:
		return "a mapping"
	case []any:
		return "a list"
	case string, hidden:
		return "text"
	case bool:
		return "a boolean"
	case nil:
		return "null"
	}
	return "a number"
}
