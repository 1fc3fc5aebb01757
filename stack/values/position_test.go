// SPDX-License-Identifier: Apache-2.0

package values

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// samePositions compares where two readers say that everything stands, and what
// does not exist.
func samePositions(t *testing.T, got, want *Document, data []byte) {
	t.Helper()
	same := func(path ...string) {
		t.Helper()
		if g, w := got.Position(path...), want.Position(path...); g != w {
			t.Fatalf("%q is at %v, the library says %v:\n%s", path, g, w, data)
		}
	}
	var walk func(v any, path []string)
	walk = func(v any, path []string) {
		path = path[:len(path):len(path)]
		same(path...)
		same(append(path, "none")...)
		switch v := v.(type) {
		case map[string]any:
			for k, e := range v {
				walk(e, append(path, k))
			}
		case []any:
			for i, e := range v {
				walk(e, append(path, strconv.Itoa(i)))
			}
		}
	}
	walk(got.Tree(), nil)
}

// TestPositions: all readers that take a text say the same.
func TestPositions(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		fast       bool              // the fast reader takes it
		want       map[string]string // by path
	}{
		{
			"aliases and documents", "base: &b\n  x: 1\nc:\n  <<: *b\n  w: 2\nd: *b\n---\nc:\n  z: 3\n", false,
			map[string]string{
				"c.x": "2:3", "c.w": "5:3", "c.z": "9:3", "d.x": "2:3", "c": "8:1", "base": "1:1", "none": "8:1", "c.none": "8:1",
			},
		},
		{"alias of an earlier document", "a: &x {b: c}\n---\nd: *x\n", false, map[string]string{"d": "3:1", "d.b": "1:8"}},
		{
			// A merge key with a tag merges too, so positions look through it.
			"merge key with a tag", "base: &b\n  x: 1\nc:\n  !!merge <<: *b\n  w: 2\n", false,
			map[string]string{"c.x": "2:3", "c.w": "5:3"},
		},
		{
			"own keys and merged ones", "a: &x {k: 1, m: {o: 2}}\nb:\n  k: 3\n  <<: *x\nc:\n  <<: *x\n  k: 4\n", true,
			map[string]string{"b.k": "1:8", "c.k": "7:3", "b.m.o": "1:18", "c.m.o": "1:18", "c.m.none": "1:14"},
		},
		{
			"several merge keys", "a: &x {k: 1, m: 2}\nb: &y {k: 3, p: 4}\n" +
				"c: {<<: [*x, *y], <<: {o: 5}}\nd: {<<: *x, <<: *y, m: 6}\n", true,
			map[string]string{
				"c.k": "1:8", "c.m": "1:14", "c.p": "2:14", "c.o": "3:24", "d.k": "2:8", "d.m": "4:21",
				"d.<<": "4:1", "d.<<\x00": "4:1", "d.": "4:1",
			},
		},
		{
			"merge keys below merge keys", "a: &x {k: {l: 1}}\nb: &y {<<: *x, m: 2}\nc: {<<: *y, m: 3}\n", true,
			map[string]string{"c.k.l": "1:12", "c.m": "3:13"},
		},
		{
			"many keys", "a: &x {" + manyLines(40, "k%02d: 1, ") + "}\nb: {" + manyLines(40, "l%02d: 1, ") +
				"<<: *x, k03: 2, l01x: {m: 1}}\nc: *x\n", true,
			map[string]string{
				"a.k39": "1:320", "b.k02": "1:24", "b.k03": "2:333", "b.l01": "2:13", "b.l01x.m": "2:348", "c.k01": "1:16", "c.no": "3:1",
			},
		},
		{
			"lists", "a:\n- b\n- - c\n- {d: [e]}\n-\n- f: 1\n  g: 2\n", false,
			map[string]string{
				"a.0": "2:3", "a.1": "3:3", "a.1.0": "3:5", "a.2.d.0": "4:8", "a.3": "5:2", "a.4": "6:3", "a.4.g": "7:3",
				"a.9": "1:1", "a.-1": "1:1", "a.x": "1:1",
			},
		},
		{
			"braces", "{\"a\": {\"b\": [1, {\"c\": 2}]},\n \"d\": 3}\n", false,
			map[string]string{"a": "1:2", "a.b.1": "1:17", "a.b.1.c": "1:18", "d": "2:2", "none": "1:1"},
		},
		{
			"items with anchors", "a:\n- &x b\n- *x\n- &y {c: d}\n- *y\n", true,
			map[string]string{"a.0": "2:3", "a.1": "3:3", "a.3.c": "4:7"},
		},
		{
			"keys as they are read", "1: a\n0x10: {b: c}\non: d\n'on ': e\n", true,
			map[string]string{"16.b": "2:8", "true": "3:1", "on ": "4:1"},
		},
		{"an alias as a key", "a: &x b\n*x : {c: d}\n", false, map[string]string{"b": "2:1", "b.c": "2:7"}},
		{
			"characters", "\"\u00e9\": {\"\u4e16\u754c\": 1, b: \u00fc, c: 2}\nd: [\U0001f600, e]\n", true,
			map[string]string{"\u00e9.b": "1:16", "\u00e9.c": "1:22", "d.1": "2:8"},
		},
		{"byte order mark", "\ufeffa: {b: c}\nd: 1\n", true, map[string]string{"a": "1:1", "a.b": "1:5", "d": "2:1"}},
		{"CRLF", "a:\r\n  b: c\r\n  d:\r\n  - e\r\n", false, map[string]string{"a.b": "2:3", "a.d": "3:3", "a.d.0": "4:5"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			doc, err := Parse("test", []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			text := []byte(strings.TrimPrefix(tt.text, "\ufeff"))
			slow, err := library(text)
			if err != nil {
				t.Fatal(err)
			}
			if fast := doc.Files()[0].Documents == 0; fast != tt.fast {
				t.Errorf("read by the fast reader: %v", fast)
			}
			for path, want := range tt.want {
				if got := doc.Position(strings.Split(path, ".")...).String(); got != "test:"+want {
					t.Errorf("Position(%s) = %s, want %s", path, got, want)
				}
			}
			samePositions(t, doc, slow, text)
		})
	}
}

// TestPositionsInFiles compares the readers on the YAML of the repository, one
// document at a time.
func TestPositionsInFiles(t *testing.T) {
	block := regexp.MustCompile("(?s)\n```yaml\n(.*?\n)```")
	all, fast := 0, 0
	compare := func(text []byte) {
		for _, data := range bytes.SplitAfter(text, []byte("\n---\n")) {
			all++
			if sameAsLibrary(t, bytes.TrimSuffix(data, []byte("---\n"))) {
				fast++
			}
		}
	}
	for _, dir := range []string{"bench", "charts", "docs", "examples", "internal", "kustomize", "stack", "test", "wasm-plugins"} {
		err := filepath.WalkDir(filepath.Join("..", "..", dir), func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				if e != nil && (e.Name() == "templates" || e.Name() == "node_modules") {
					return fs.SkipDir
				}
				return err
			}
			ext := filepath.Ext(path)
			if ext != ".yaml" && ext != ".md" {
				return nil
			}
			data, err := os.ReadFile(path)
			if ext == ".yaml" {
				compare(data)
				return err
			}
			for _, m := range block.FindAllSubmatch(data, -1) {
				compare(m[1])
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if all < 300 || fast*10 < all*8 {
		t.Errorf("the fast reader takes %d of %d documents", fast, all)
	}
	t.Logf("the fast reader takes %d of %d documents", fast, all)
}

// TestPositionIndex: a large mapping gets one index, however many aliases there
// are and whichever reader read it.
func TestPositionIndex(t *testing.T) {
	text := "a: &x {" + manyLines(40, "k%d: 1, ") + "}\nb: [" + strings.Repeat("*x, ", 30) + "]\n"
	for _, comment := range []string{"", "---\nc: !!str d\n"} {
		doc, err := Parse("test", []byte(text+comment))
		if err != nil {
			t.Fatal(err)
		}
		for i := range 30 {
			if got := doc.Position("b", strconv.Itoa(i), "k39").String(); got != "test:1:310" {
				t.Errorf("b.%d.k39 is at %s", i, got)
			}
		}
		if n := len(doc.sources[0].keys); n != 1 {
			t.Errorf("%d indices", n)
		}
	}
}
