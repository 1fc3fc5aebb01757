// SPDX-License-Identifier: Apache-2.0

package values

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/helm-wasm/helm-wasm/internal/yamlin"
)

// Limits of Parse. They keep a hostile or mistaken file from using up the
// sandbox, and are far above what one release can hold.
const (
	// MaxBytes is the size of the largest values file that Parse takes.
	MaxBytes = 2 << 20

	// MaxDepth is the deepest nesting of maps and lists that Parse takes.
	MaxDepth = 100

	// MaxValues is how many maps, lists and scalars Parse takes: those of a thousand
	// functions with much of their own are some 40,000.
	MaxValues = 50_000

	// maxEntries is how many of them are not the file itself.
	maxEntries = MaxValues - 1

	// MaxFunctions is how many functions and workloads Parse takes.
	MaxFunctions = 2500

	// MaxRendered is how many bytes one template may print: a release's Secret
	// holds 1 MiB, compressed, and a sandbox has 1 GiB to work in.
	MaxRendered = 64 << 20

	// maxUnusual is the size of the largest file that only the YAML library can
	// read, which takes the sandbox some seconds for a megabyte.
	maxUnusual = 256 << 10

	// maxAliasNodes is how many values aliases may stand for in one file.
	maxAliasNodes = 50_000
)

// Document is one values file, or several merged as `helm -f a -f b` does.
type Document struct {
	tree    map[string]any
	sources []*source // earliest first, as they were merged

	// sets are the paths that Set wrote, which no source holds.
	sets []string
}

// source is what a file said, kept for positions and comments.
type source struct {
	name       string
	lines      *lineReader
	hasMarkers bool         // some line says helm-wasm:ignore
	docs       []*yaml.Node // each the content of one YAML document
	read       bool         // the library has read it
	under      []string     // the keys that the values stand below

	// Where things stand in what was read without the library, and indices of
	// large mappings: made when a position is first asked for.
	root  *yamlin.Node
	names map[*yamlin.Node]map[string]int
	keys  map[*yaml.Node]map[string]int
}

// usualScalars resolve text for the fast reader.
var usualScalars = yamlin.Scalars{Plain: usualScalar, Key: usualKey}

// Parse reads a values file of YAML or JSON into the tree that Helm would make
// of it: YAML 1.1 scalars (`on` is true), every number a float64, later
// documents of a stream merged over earlier ones. What Helm takes silently but
// nobody means (duplicate keys, an empty file) is an error here. The error is
// a *ParseError.
func Parse(name string, data []byte) (doc *Document, err error) {
	// The YAML library panics on a few malformed inputs; a user gets a message.
	defer func() {
		if r := recover(); r != nil {
			doc, err = nil, &ParseError{Name: name, Msg: "cannot be read as YAML", Hint: "simplify the comments and line breaks around the last edit"}
		}
	}()
	if err := checkKind(name, data); err != nil {
		return nil, err
	}
	text := bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	// Helm ends every line, which a block scalar at the end shows.
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text[:len(text):len(text)], '\n')
	}
	src := &source{name: name, lines: &lineReader{data: text}, hasMarkers: bytes.Contains(text, []byte(ignoreMarker))}
	tree, why, ok := yamlin.Parse(text, usualScalars, maxEntries)
	if ok {
		doc = &Document{tree: tree, sources: []*source{src}}
		return doc, doc.checkCounts(name)
	}
	if why.Bytes {
		if err := checkText(name, data); err != nil {
			return nil, err
		}
	}
	if why.Many && !why.Shared || why.Twice != "" || len(text) > maxUnusual {
		return nil, src.unusual(why)
	}
	if err := checkNesting(name, data); err != nil {
		return nil, err
	}
	if doc, err = src.parse(); err != nil {
		return nil, err
	}
	return doc, doc.checkCounts(name)
}

// parse is Parse by the library, which knows all of YAML, where every value
// stands, and what is wrong.
func (src *source) parse() (*Document, error) {
	name, in := src.name, src.lines
	in.pos = 0
	src.read = true
	dec := yaml.NewDecoder(in)
	tree := map[string]any{}
	for {
		var n yaml.Node
		err := dec.Decode(&n)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, syntaxError(name, in, err)
		}
		root := &n
		if n.Kind == yaml.DocumentNode && len(n.Content) == 1 {
			root = n.Content[0]
		}
		c := converter{name: name}
		v, err := c.value(root, 0)
		if err != nil {
			return nil, err
		}
		switch v := v.(type) {
		case nil:
			continue
		case map[string]any:
			if len(src.docs) == 0 {
				tree = v
			} else {
				tree = mergeMaps(tree, v)
			}
			src.docs = append(src.docs, root)
		default:
			return nil, &ParseError{
				Name: name, Line: root.Line, Column: root.Column,
				Msg:  "holds " + KindName(v) + " where a mapping is expected",
				Hint: "start with `functions:` at the first column; `helm wasm init` writes an example",
			}
		}
	}
	if len(src.docs) == 0 {
		return nil, &ParseError{
			Name: name, Line: 1, Column: 1, Msg: "is empty",
			Hint: "`helm wasm init` writes an example; to use nothing but the defaults, write {}",
		}
	}
	return &Document{tree: tree, sources: []*source{src}}, nil
}

// FromTree makes a document of a tree as Tree returns it. It has no positions.
func FromTree(tree map[string]any) *Document { return &Document{tree: tree} }

// File is one of the files that a Document was read from.
type File struct {
	Name string

	// Documents is how many YAML documents the file holds, and Second where
	// the second begins. Both are zero for a file in everyday YAML, which holds one.
	Documents int
	Second    Position
}

// Files lists the files of the document in the order in which they were merged.
func (d *Document) Files() []File {
	files := make([]File, 0, len(d.sources))
	for _, src := range d.sources {
		f := File{Name: src.name, Documents: len(src.docs)}
		if f.Documents > 1 {
			n := src.docs[1]
			f.Second = Position{File: src.name, Line: n.Line, Column: n.Column}
		}
		files = append(files, f)
	}
	return files
}

// Tree is the values as Helm holds them: map[string]any, []any, string, bool,
// nil, and float64 for numbers (int64 for those that Set wrote). Treat it as
// read-only.
func (d *Document) Tree() map[string]any { return d.tree }

// Merge lays documents over one another: maps merge, anything else is
// replaced, null included. The arguments stay as they are.
func Merge(docs ...*Document) *Document {
	out := &Document{tree: map[string]any{}}
	for _, d := range docs {
		out.tree = mergeMaps(out.tree, yamlin.Copy(d.tree).(map[string]any))
		out.sources = append(out.sources, d.sources...)
		out.sets = append(out.sets, d.sets...)
	}
	return out
}

func mergeMaps(a, b map[string]any) map[string]any {
	for k, v := range b {
		if v, ok := v.(map[string]any); ok {
			if old, ok := a[k].(map[string]any); ok {
				a[k] = mergeMaps(old, v)
				continue
			}
		}
		a[k] = v
	}
	return a
}

// converter turns nodes into the tree and counts what aliases expand to.
type converter struct {
	name    string
	active  []*yaml.Node // aliases being expanded, to find one inside itself
	aliased int
	values  int
}

func (c *converter) fail(n *yaml.Node, msg, hint string) error {
	return &ParseError{Name: c.name, Line: n.Line, Column: n.Column, Msg: msg, Hint: hint}
}

func (c *converter) value(n *yaml.Node, depth int) (any, error) {
	if depth > MaxDepth {
		return nil, c.fail(n, "is nested more than "+strconv.Itoa(MaxDepth)+" levels deep", "no field needs that; look for a bracket or an indentation too many")
	}
	if err := c.count(n); err != nil {
		return nil, err
	}
	switch n.Kind {
	case yaml.ScalarNode:
		v, err := scalar(n)
		if err != "" {
			return nil, c.fail(n, err, "")
		}
		return v, nil
	case yaml.MappingNode:
		if !isDefaultTag(n, "!!map") {
			return nil, c.fail(n, wrongTag(n), "remove the tag")
		}
		out := make(map[string]any, len(n.Content)/2)
		return out, c.mapping(n, out, depth)
	case yaml.SequenceNode:
		if !isDefaultTag(n, "!!seq") {
			return nil, c.fail(n, wrongTag(n), "remove the tag")
		}
		out := make([]any, len(n.Content))
		for i, e := range n.Content {
			v, err := c.value(e, depth+1)
			if err != nil {
				return nil, err
			}
			out[i] = v
		}
		return out, nil
	case yaml.AliasNode:
		if err := c.enter(n); err != nil {
			return nil, err
		}
		v, err := c.value(n.Alias, depth)
		c.active = c.active[:len(c.active)-1]
		return v, err
	}
	return nil, nil // a document without content
}

// count counts a value, or what a merge key takes its values from.
func (c *converter) count(n *yaml.Node) error {
	if c.values++; c.values > MaxValues && len(c.active) == 0 {
		return c.fail(n, tooManyValues, tooManyHint)
	}
	if len(c.active) > 0 {
		if c.aliased++; c.aliased > maxAliasNodes {
			return c.fail(n, "aliases expand to more than "+strconv.Itoa(maxAliasNodes)+" values", "write the values out, or put what functions share under `defaults`")
		}
	}
	return nil
}

func (c *converter) enter(n *yaml.Node) error {
	for _, a := range c.active {
		if a == n.Alias {
			return c.fail(n, "alias *"+n.Value+" stands for something that contains it", "give the anchor to a value that does not use it")
		}
	}
	c.active = append(c.active, n.Alias)
	return nil
}

// mapping fills out in the order of the file, so that a merge key (<<) yields
// to keys after it and wins over keys before it, as with Helm.
func (c *converter) mapping(n *yaml.Node, out map[string]any, depth int) error {
	// seen tells a key given twice from one that overrides a merged one.
	var merged map[string]bool
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, e := n.Content[i], n.Content[i+1]
		if k.Kind == yaml.ScalarNode && k.Value == "<<" && k.Style&quotedStyles == 0 {
			if merged == nil {
				merged = map[string]bool{}
			}
			if err := c.mergeKey(e, out, merged, depth); err != nil {
				return err
			}
			continue
		}
		name, err := c.key(k)
		if err != nil {
			return err
		}
		if _, dup := out[name]; dup && !merged[name] {
			return c.fail(k, "key "+strconv.Quote(name)+" is given twice"+firstLine(n, name, k), keepOne)
		}
		delete(merged, name)
		v, err := c.value(e, depth+1)
		if err != nil {
			return err
		}
		out[name] = v
	}
	return nil
}

const keepOne = "keep one of the two; Helm would silently use the last"

func firstLine(n *yaml.Node, name string, second *yaml.Node) string {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if k := n.Content[i]; k != second && keyName(k) == name {
			return " in one mapping, first in line " + strconv.Itoa(k.Line)
		}
	}
	return " in one mapping"
}

func (c *converter) mergeKey(n *yaml.Node, out map[string]any, merged map[string]bool, depth int) error {
	if err := c.count(n); err != nil {
		return err
	}
	switch {
	case n.Kind == yaml.MappingNode:
		return c.mapping2(n, out, merged, depth)
	case n.Kind == yaml.AliasNode && n.Alias.Kind == yaml.MappingNode:
		if err := c.enter(n); err != nil {
			return err
		}
		err := c.mapping2(n.Alias, out, merged, depth)
		c.active = c.active[:len(c.active)-1]
		return err
	case n.Kind == yaml.SequenceNode:
		// Earlier ones win, so they are laid over the later ones.
		for i := len(n.Content) - 1; i >= 0; i-- {
			if n.Content[i].Kind == yaml.SequenceNode {
				break
			}
			if err := c.mergeKey(n.Content[i], out, merged, depth); err != nil {
				return err
			}
			if i == 0 {
				return nil
			}
		}
		if len(n.Content) == 0 {
			return nil
		}
	}
	return c.fail(n, "merge key << needs a mapping or an alias of one", "write `<<: *anchor`")
}

// mapping2 lays a merged mapping over out: overriding is what it is for. Names
// that are new become merged ones.
func (c *converter) mapping2(n *yaml.Node, out map[string]any, merged map[string]bool, depth int) error {
	m := make(map[string]any, len(n.Content)/2)
	if depth++; depth > MaxDepth {
		return c.fail(n, "is nested more than "+strconv.Itoa(MaxDepth)+" levels deep", "")
	}
	if err := c.mapping(n, m, depth); err != nil {
		return err
	}
	for k, v := range m {
		if _, own := out[k]; !own {
			merged[k] = true
		}
		out[k] = v
	}
	return nil
}

func (c *converter) key(k *yaml.Node) (string, error) {
	if k.Kind == yaml.AliasNode {
		k = k.Alias
	}
	if k.Kind != yaml.ScalarNode {
		return "", c.fail(k, "a key must be plain text, not "+map[yaml.Kind]string{yaml.MappingNode: "a mapping", yaml.SequenceNode: "a list"}[k.Kind], "did a template expression such as {{ … }} get into the file? Quote it")
	}
	if k.Style == 0 && (k.Value == "" || k.Value == "~" || strings.EqualFold(k.Value, "null")) {
		return "", c.fail(k, "a key is missing before the colon", "")
	}
	return keyName(k), nil
}
