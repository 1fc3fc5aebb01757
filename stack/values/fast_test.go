// SPDX-License-Identifier: Apache-2.0

package values

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/charts"
	"github.com/helm-wasm/helm-wasm/internal/yamlin"
	"github.com/helm-wasm/helm-wasm/internal/yamlout"
)

// usualFiles returns files as people write them.
func usualFiles(t testing.TB) map[string][]byte {
	files := map[string][]byte{}
	for _, root := range []fs.FS{
		charts.Presets(), charts.Stack(), os.DirFS(filepath.Join("..", "starters")),
		os.DirFS(filepath.Join("..", "..", "test", "parity", "testdata")),
	} {
		err := fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(name) != ".yaml" || strings.HasPrefix(name, "templates/") {
				return err
			}
			data, err := fs.ReadFile(root, name)
			files[name] = data
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// library reads with the library alone.
func library(data []byte) (doc *Document, err error) {
	defer func() {
		if recover() != nil {
			doc, err = nil, &ParseError{Msg: "panic"}
		}
	}()
	return (&source{name: "test", lines: &lineReader{data: data}}).parse()
}

// sameAsLibrary fails when the fast reader gives a different tree from the library,
// and reports whether it gave one.
func sameAsLibrary(t *testing.T, data []byte) bool {
	t.Helper()
	tree, _, ok := yamlin.Parse(data, usualScalars, maxEntries)
	if !ok {
		return false
	}
	if err := checkText("test", data); err != nil {
		t.Fatalf("read as %#v, the check says %v:\n%s", tree, err, data)
	}
	doc, err := library(data)
	if err != nil {
		t.Fatalf("read as %#v, the library says %v:\n%s", tree, err, data)
	}
	if !reflect.DeepEqual(tree, doc.tree) {
		t.Fatalf("read as %#v, the library reads %#v:\n%s", tree, doc.tree, data)
	}
	usual := &Document{tree: tree, sources: []*source{{name: "test", lines: &lineReader{data: data}}}}
	samePositions(t, usual, doc, data)
	return true
}

// sameWithChangedLines compares the two readers on a text, each line of which is
// cut, moved and swapped in turn.
func sameWithChangedLines(t *testing.T, data []byte) {
	t.Helper()
	lines := strings.SplitAfter(string(data), "\n")
	for i := range min(len(lines), 60) {
		rest := strings.Join(lines[i+1:], "")
		before := strings.Join(lines[:i], "")
		for _, line := range []string{
			"", " " + lines[i], strings.TrimPrefix(lines[i], " "), strings.TrimSpace(lines[i]), lines[i] + lines[i],
			"\n" + lines[i], "# x\n" + lines[i], strings.Replace(lines[i], ":", "", 1),
		} {
			sameAsLibrary(t, []byte(before+line+rest))
		}
	}
}

// TestUsualFiles compares the two readers on files, and checks that most are read
// by the fast one.
func TestUsualFiles(t *testing.T) {
	files, fast := usualFiles(t), 0
	for name, data := range files {
		if sameAsLibrary(t, data) {
			fast++
		} else {
			t.Logf("%s is for the library", name)
		}
		sameWithChangedLines(t, data)
		doc, err := Parse(name, data)
		if err != nil {
			continue
		}
		out, err := yamlout.AppendYAML(nil, doc.Tree())
		if err == nil { // not all that can be read can be written
			sameAsLibrary(t, out)
		}
	}
	if fast*10 < len(files)*9 {
		t.Errorf("only %d of %d files are read by the fast reader", fast, len(files))
	}
}

// usualTexts are the corners of what the fast reader knows.
var usualTexts = []string{
	"a: 1\n", "---\na: 1\n", "# c\n---\n# d\na: b # c\n", "a: 1\n---\nb: 2\n", "a: 1\n...\n", "%YAML 1.1\n---\na: 1\n",
	"a:\n- b\n- c\nd: e", "a:\n  - b: 1\n    c: 2\n  - d\n", "a:\n  -\n    b: 1\n  -\n", "a:\n  - - b\n", "a: - b\n",
	"a: [1, b, 'c', \"d\", [e], {f: g}]\n", "a: {b: [c], \"d\":1, e: {}}\n", "a: [\n  b, # c\n  d,\n  ]\ne: f\n",
	"a: {b}\n", "a: [b: c]\n", "a: {b: c d, e:f}\n",
	"a: |\n  b\n   c\n\n  d\n\ne: f\n", "a: |-\n  b\n\n", "a: |+\n  b\n\n\nc: d\n", "a: >\n  b\n  c\n\n  d\n   e\n  f\n",
	"a: |\n\n   \n  b\n", "a: |\nb: c\n", "a: >-\n\n  b\n\n  c\n", "a: |2\n   b\n", "a: |\n  b", "a: |+\n\n\nb: c\n",
	"a: 'it''s'\n", "a: \"x\\\"y\\n\\t\\\\\"\n", "a: 'b\n  c'\n", "a: b\n  c\n", "a: \"b\" c\n", "a: b: c\n",
	"a: b #c\nd: e#f\n", "a:b\n", "a:b: c\n", "a : b\n",
	"1: a\n010: b\ntrue: c\n1.5: d\n", "null: a\n", "~: a\n", "<<: {a: b}\n", "a: &x b\nc: *x\n", "a: !!str 1\n", "? a\n: b\n",
	"a: 010\nb: 1_000\nc: 0x1f\nd: -5\ne: .5\nf: 1e3\ng: on\nh: ~\ni: null\nj: " +
		".inf\n", "a: 1234567890\nb: 123456789\nc: 0\nd: 1a\ne: 12:30\n",
	"a: \xc3\xa9\nb: \xe2\x80\xa8\nc: d\n", "a: b\na: c\n", "  a: b\n  c: d\n", "a:\n  b: c\n d: e\n",
	"a:\n    b: c\n  d: e\n", "a: -\nb: --\nc: -d\n", "a: @b\n", "a: `b\n", "a: %b\n", "a: =\nb: <<\n",
	"a:\n# c\n  b: 1\n  # d\n# e\nc: 2\n", "\n\na:\n\n\n  b: 1\n\n",
	"a: \"\"\nb: ''\n'': c\n", "\"a\": 1\n'b': 2\n- c\n", "a:\n  - b\n  c: d\n", "a:\n- b\n  - c\n", "a: [a, , b]\n",
	"a: [a,]\n", "a: {a: }\n", "a: {a: 1, a: 2}\n", "a: [-]\nb: [-1, - 1]\n", "a: []#b\n", "a: [] #b\n", "a: x  \nb:   y\n",
	"a:\n  {}\nb:\n  []\nc: d\n", "a:\n  {b: c}\n", "a:\n  {b: c}: d\n", "a:\n  [b]\n  [c]\n", "a:\n{}\n", "- a\n",
	"a:\n  -\n    {}\n  -\n    [b]\n", "a:\n  {\n  }\nb: c\n", "a:\n  {}\n  b: c\n", "a:\n  {}\n    b\n",
	"a: 'b\n  c'\nd: e\n", "a: 'b  \n  c ''d\n  '''\n", "a: '\n  b\n  '\n", "a: 'b\n\n  c'\n", "a: 'b\n  c' d\n",
	"a: 'b\n  c' #d\n", "a: 'b\n  c': d\n", "a: 'b\n  # c\n  d: e'\n", "a: 'b\nc'\n", "a: 'b\n  c",
	"a:\n- 'b\n  c'\n- d\n", "a: ['b\n  c']\n", "a: 'b ''\n  c'\n", "a: 'b''  \n  c'\n", "a: 'b\n  c''\n",
	"a: 'b\n  ''c'\n", "a:\n  'b\n  c'\n",
	"a: b\n  c\n  d\ne: f\n", "a: b\n  c\n   - d\n e\nf: g\n", "a: b\n\n  c\n", "a: b\n  c: d\n", "a: b\n  c:\n",
	"a: b\n  # c\n", "a: b\n  c #d\n", "a: b # c\n  d\n", "a:\n- b\n  c\n- d\n", "a:\n- b: c\n  d\n",
	"a:\n- b: c\n    d\n  e: f\n", "a: 1\n  2\n", "a: ~\n  b\n", "a: b\n  c\n\n\nd: e\n", "a: b\n  c\n\n  d\n",
	"a: b\n  c\n# d\n  e\n", "a: b\n  c", "a: b\n c\n", "a: b\nc\n", "a: b  \n  c  \nd: e\n", "a: b\n  ---\n",
	"a: b\n  'c'\n", "a: b\n  c:d\n  [e\n", "a: true\n  false\n", "a: -\n  b\n", "a: b\n  @c\n  %d\n  &e *f\n",
	"a: b\n  ? c\n", "a:\n  - - b\n    c\n", "a:\n  - - b\n      c\n  - d\n",
}

func TestUsualTexts(t *testing.T) {
	for _, text := range slices.Concat(usualTexts, usualAnchors, oddAnchors) {
		sameAsLibrary(t, []byte(text))
		sameWithChangedLines(t, []byte(text))
	}
}

func FuzzUsual(f *testing.F) {
	for _, text := range slices.Concat(usualTexts, usualAnchors, oddAnchors) {
		f.Add([]byte(text))
	}
	for _, data := range usualFiles(f) {
		if len(data) < 4000 {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) { sameAsLibrary(t, data) })
}
