// SPDX-License-Identifier: Apache-2.0

package values

import (
	"errors"
	"io"

	"go.yaml.in/yaml/v3"
)

// Below returns the mapping at a key as a document of its own: values that are in an
// object of another kind, such as the spec of a WasmStack. Its positions are those in
// the file. A key that is absent or null gives an empty document; ok is false for what
// is not a mapping. The error is a *ParseError.
func (d *Document) Below(name, key string) (doc *Document, ok bool, err error) {
	tree := map[string]any{}
	if v := d.tree[key]; v != nil {
		if tree, ok = v.(map[string]any); !ok {
			return nil, false, nil
		}
	}
	doc = &Document{tree: tree}
	for _, src := range d.sources {
		below := *src
		below.under = append(src.under[:len(src.under):len(src.under)], key)
		doc.sources = append(doc.sources, &below)
	}
	return doc, true, doc.checkCounts(name)
}

// IsYAML reports whether the YAML library can read a text, whatever it contains: Parse
// also refuses what values cannot have.
func IsYAML(text []byte) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	dec := yaml.NewDecoder(&lineReader{data: text})
	for {
		err := dec.Decode(new(yaml.Node))
		if err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}
