// SPDX-License-Identifier: Apache-2.0

package values

import (
	"bytes"
	"errors"
	"io"

	"go.yaml.in/yaml/v3"

	"github.com/helm-wasm/helm-wasm/internal/yamlin"
)

// Limits of Parse. They keep a hostile or mistaken file from using up the
// sandbox, and are far above what one release can hold.
const (
	// MaxBytes is the size of the largest values file that Parse accepts.
	MaxBytes = 2 << 20

	// MaxDepth is the deepest nesting of maps and lists that Parse accepts.
	MaxDepth = 100

	// MaxValues is how many maps, lists and scalars Parse accepts: those of a thousand
	// functions with much of their own are some 40,000.
	MaxValues = 50_000

	// maxEntries is how many of them are not the file itself.
	maxEntries = MaxValues - 1

	// MaxFunctions is how many functions and workloads Parse accepts.
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

	// sets are the paths that Set wrote, which no source has.
	sets []string
}

// source is what a file said, kept for positions and comments.
type source struct {
	name       string
	lines      *lineReader
	hasMarkers bool         // some line says helm-wasm:ignore
	docs       []*yaml.Node // the content of each YAML document; none if the fast reader read it
	under      []string     // the keys that the values are below
	before     int          // lines of the file before the text

	// Where things are in each document, and indices of large mappings: made
	// when a position is first asked for.
	roots []yamlin.Node
	keys  map[*yamlin.Node]map[string]int // by the first child
}

// usualScalars resolve text for the fast reader.
var usualScalars = yamlin.Scalars{Plain: usualScalar, Key: usualKey}

// Parse reads a values file of YAML or JSON into the tree that Helm would make of
// it: YAML 1.1 scalars (`on` is true), every number a float64, later documents of a
// stream merged over earlier ones. What Helm accepts silently but nobody means
// (duplicate keys, an empty file) is an error here. The error is a *ParseError.
func Parse(name string, data []byte) (*Document, error) { return ParseAt(name, data, 0) }

// ParseAt is Parse for a text that follows a number of lines in its file: positions
// count from the beginning of the file.
func ParseAt(name string, data []byte, before int) (*Document, error) {
	doc, err := parse(name, data, before)
	if e, ok := errors.AsType[*ParseError](err); ok && e.Line > 0 {
		e.Line += before
	}
	return doc, err
}

func parse(name string, data []byte, before int) (doc *Document, err error) {
	// The YAML library panics on a few malformed inputs; a user gets a message.
	defer func() {
		if r := recover(); r != nil {
			doc, err = nil, &ParseError{
				Name: name, Msg: "cannot be read as YAML",
				Hint: "simplify the comments and line breaks around the last edit",
			}
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
	src := &source{name: name, before: before, lines: &lineReader{data: text}, hasMarkers: bytes.Contains(text, []byte(ignoreMarker))}
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

// parse is Parse by the library, which knows all of YAML, where every value is, and
// what is wrong.
func (src *source) parse() (*Document, error) {
	name, in := src.name, src.lines
	in.pos = 0
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

// FromTree returns a document with a tree as Tree returns it. It has no positions.
func FromTree(tree map[string]any) *Document { return &Document{tree: tree} }

// File is one of the files that a Document was read from.
type File struct {
	Name string

	// Documents is how many YAML documents the file contains, and Second where
	// the second begins. Both are zero for a file in everyday YAML, which has one.
	Documents int
	Second    Position
}

// Files lists the files of the document in the order in which they were merged.
func (d *Document) Files() []File {
	files := make([]File, 0, len(d.sources))
	for _, src := range d.sources {
		f := File{Name: src.name, Documents: len(src.docs)}
		if f.Documents > 1 {
			f.Second = src.position(placeOf(src.docs[1]))
		}
		files = append(files, f)
	}
	return files
}

// Tree returns the values as Helm has them: map[string]any, []any, string, bool,
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
