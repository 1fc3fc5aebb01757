// SPDX-License-Identifier: Apache-2.0

package values

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/yamlin"
	"github.com/helm-wasm/helm-wasm/internal/yamlout"
)

// usualAnchors are anchors, aliases and merge keys that need no library.
var usualAnchors = []string{
	"a: &x b\nc: *x # d\ne: [*x, *x , &y f, *y]\ng: {h: *y, i: &z {j: *x}, k: " +
		"*z}\n", "a: &x {b: c}\nd: *x\n", "a: &x\n  b: c\nd: *x\n", "a: &x # c\n\n  # d\n  b: [c]\nd: *x\n",
	"a: &x\n- b\n- c: d\ne: *x\n", "a: &x\n  - b\ne: *x\n", "a: &x |\n  b\n  c\nd: *x\n", "a: &x >-\n  b\n  c\nd: *x\n",
	"a: &x \"b\"\nc: &y 'd''e'\nf: [*x,*y]\n", "a: &x 'b\n  c'\nd: *x\n", "a: &x b\n  c\nd: *x\n", "a: &x 010\nb: *x\n",
	"a:\n- &x b\n- *x\n- &y\n  c: d\n  e:\n  - *x\n- *y\n- &z [f]\n- *z # " +
		"g\n", "a:\n- &x\n  - b\n- *x\n", "a:\n- b: &x c\n  d: *x\n- e: *x\n", "a:\n  - &x {b: c}\n  - d: *x\n",
	"a: [&x b, [&y c, *x], {d: *y}]\n", "a: [\n  &x b,\n  *x\n  ,*x\n  ]\n",
	"a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3\ne:\n  c: 3\n  <<: *x\nf:\n  <<: " +
		"*x\n", "a: &x {b: 1}\nc: &y {b: 2, d: {e: f}}\ng:\n  <<: [*x, *y]\nh:\n  <<:\n  - *y\n  - *x\ni:\n  <<: *x\n  " +
		"<<: *y\nj: {<<: [*x, *y], b: 3}\n", "a:\n- &x {b: c}\n- <<: *x\n  d: e\n- d: e\n  <<: *x\n- <<: [*x]\n",
	"a: &x {" + manyLines(40, "k%d: v, ") +
		"}\nb:\n  <<: *x\n  k3: w\nc: {k4: 1, <<: *x}\nd: *x\n", "a: &x {b: c, k3: d}\ne: {" + manyLines(20, "k%d: v, ") +
		"<<: *x, " + manyLines(30, "l%d: v, ") + "b: f}\n",
	"a: &x {0: b, 1: c}\nd:\n  <<: [*x, {2: e}]\n  1: f\n", "a: &x {b: &y {c: d}}\ne: &z\n  <<: *x\n  f: *y\ng:\n  <<: " +
		"*z\n  f:\n    <<: *y\n    c: h\n", "a: &x {b: {c: d}}\ne: {<<: *x, b: {f: g}}\n", "a: &x [1, {b: c}]\nd: *x\ne: [*x, *x]\n",
}

// oddAnchors are those that need the library, mistakes among them, and some that do not.
var oddAnchors = []string{
	"a: &x b\nc: &x d\ne: *x\n", "a: &x {b: &x c, d: *x}\ne: *x\n", "a: &x [*x]\n", "a: &x b\nc: &x [*x]\n",
	"a: &x\n  b:\n    c: *x\n", "a: &x {<<: *x}\n", "a: &x\n  <<: &x {b: c}\nd: *x\n", "a: *x\n", "a: *x\nb: &x c\n",
	"a: &x\nb: *x\n", "a: &x\n", "a: &x", "a:\n- &x\n- *x\n", "a:\n- &x\n", "a: [&x, *x]\n", "a: [&x ]\n", "a: {b: &x}\n",
	"a: {b: &x , c: *x}\n", "a: [&x\n b]\n", "a: [&x # c\n b]\n",
	"&x a: b\nc: *x\n", "a: &x b: c\n", "a:\n- &x b: c\n- *x\n", "a:\n- &x b: c\n  d: *x\n", "a: &x \"b\": c\n",
	"a: [&x b: c]\n", "a: {&x b: c}\n", "a: &x b\n*x : c\n", "a: &x b\n*x: c\n", "a: &x b\nc: {*x : d}\n",
	"a: &x b\nc: [*x : d]\n", "a: &x b\nc: [*x: d]\n", "a: &x b\nc:\n- *x : d\n", "a: &x b\n? *x\n: c\n",
	"a: &x &y b\n", "a: &x *x\n", "a: &x b\nc: &y *x\n", "a: &x !!str 1\nb: *x\n", "a: !!str &x 1\nb: *x\n",
	"a:\n  &x\n  b: c\n", "a:\n  &x b: c\n", "a: &x b\nc:\n  *x\n", "a: &x\n  b\nc: *x\n", "a: &x\n  \"b\"\n",
	"a: &x\n  {b: c}\nd: *x\n", "a: &x\n  [b]\nd: *x\n", "a: &x\n  &y b: c\n", "a: &x\n  *x\n", "a: &x - b\n",
	"a:\n- &x - b\n", "a:\n- &x -\n", "a: &x -b\nc: *x\n",
	"a: & b\n", "a: &\n", "a: &x.y b\nc: *x.y\n", "a: &x/y b\n", "a: &x: b\n", "a: &x,b\n", "a: &\xc3\xa9 b\n",
	"a: &x_-1 b\nc: *x_-1\n", "a: &1 b\nc: *1\n", "a: &x b\nc: *x d\n", "a: &x b\nc: *x\n  d\n",
	"a: &x b\nc: *x\n  d: e\n", "a: &x b\nc: *x#\n", "a: &x b\nc: [*x d]\n", "a: &x b\nc: [*x#]\n", "a: * b\n",
	"a: [*]\n", "a: &x#b c\n", "a: &x #b c\n",
	"a: &x {b: c}\n---\nd: *x\n", "--- &x\na: b\n", "&x\na: b\n", "a: &x\n---\n", "a: &x\n  b: c\n...\n",
	"a: &x b\n\n\n  # c\nd: *x\n", "a: &x b # c\nd: *x\n",
	"a:\n  <<: {b: 1}\n  b: 2\n", "a:\n  <<: &x {b: 1}\n  c: *x\n", "a:\n  <<: &x\n    b: 1\n  c: *x\n",
	"a:\n  <<:\n    b: 1\n    c: d\n  b: 2\n", "a:\n  <<: []\n", "a:\n  <<: {}\n  b: c\n", "<<: {a: b}\na: c\n",
	"a: {<<: {b: c}}\n", "a: {<<: {b: c}, <<: {b: d}}\n", "a: {b: 0, <<: {b: c}}\n",
	"a: {<<: {b: c}, b: 1, b: 2}\n", "a: {b: 1, <<: {b: c}, b: 2}\n", "a: {b: 1, <<: {b: c, d: e}, d: 2, <<: {d: f}}\n",
	"a: {<<: {d: e}, d: 2, <<: {d: f}, d: 3}\n", "a: {b: 1, <<: {b: c}, <<: {b: d}}\n",
	"a:\n  <<: b\n", "a:\n  <<:\n", "a:\n  <<: [b]\n", "a:\n  <<: [[{b: c}]]\n", "a: &x b\nc:\n  <<: *x\n",
	"a: &x [{b: c}]\nc:\n  <<: *x\n", "a: &x [{b: c}]\nc:\n  <<: [*x]\n", "a: &x [{b: c}]\nc:\n  <<:   *x\n",
	"a:\n  <<: &x [{b: c}]\n  d: *x\n", "a:\n  <<:\n  - {b: c}\n  - d\n", "a:\n  <<: ~\n",
	"a:\n  \"<<\": b\n  '<<': c\n", "a:\n  \"<<\": {b: c}\n  <<: {b: d}\n", "a: {\"<<\": b, <<: {c: d}}\n",
	"a:\n  <<:{b: c}\n", "a: {<<:{b: c}}\n", "a:\n  << : {b: c}\n", "a: <<\nb: [<<]\n", "a:\n  <: b\n  <<<: c\n",
	"a: &x <<\nb: *x\n", "a:\n  <<: {<<: {b: c, d: e}, d: f}\n", "a:\n  <<: {\"<<\": b}\n",

	// Long chains and bombs.
	"a: &x {y: z}\n" + manyLines(22, "a%d: &y {<<: *x}\nb%[1]d: &x {<<: *y}\n"), "a: &x {y: z}\n" +
		manyLines(60, "a%d: &y {<<: *x}\nb%[1]d: &x {<<: *y}\n"), "a: &x []\n" +
		manyLines(22, "a%d: &y [*x]\nb%[1]d: &x [*y]\n"), "a: &x []\n" + manyLines(60, "a%d: &y [*x]\nb%[1]d: &x [*y]\n"),
	"a: &x [1, 2, 3, 4]\n" + manyLines(4, "a%d: &y [*x, *x, *x]\nb%[1]d: &x [*y, *y]\n"), "a: &x [1, 2, 3, 4]\n" +
		manyLines(9, "a%d: &y [*x, *x, *x]\nb%[1]d: &x [*y, *y]\n"), "a: &x {b: 1}\n" +
		manyLines(9, "a%d: &y {<<: [*x, *x]}\nb%[1]d: &x {<<: [*y, *y]}\n"),
}

func TestUsualAnchors(t *testing.T) {
	for _, text := range usualAnchors {
		if !sameAsLibrary(t, []byte(text)) {
			t.Errorf("is for the library:\n%s", text)
		}
	}
}

// TestAliasesAreCopies: a change in one place does not show in the others.
func TestAliasesAreCopies(t *testing.T) {
	doc, err := Parse("v", []byte("a: &x {b: {c: 1}, l: [{d: 2}]}\ne: *x\nf: {<<: *x}\ng: {<<: &y {h: {i: 1}}}\nj: *y\n"))
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Set("e.b.c=3,f.b.c=4,f.l[0].d=5,g.h.i=6"); err != nil {
		t.Fatal(err)
	}
	got, err := yamlout.AppendJSON(nil, doc.Tree())
	want := `{"a":{"b":{"c":1},"l":[{"d":2}]},"e":{"b":{"c":3},"l":[{"d":2}]},` +
		`"f":{"b":{"c":4},"l":[{"d":5}]},"g":{"h":{"i":6}},"j":{"h":{"i":1}}}`
	if err != nil || string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestSharedLimit: if the fast reader counts too many values, the library decides.
func TestSharedLimit(t *testing.T) {
	accepted := 0
	for n := 24_990; n < 25_000; n += 2 {
		for _, use := range []string{"*x", "{<<: *x}", "[*x]", "{<<: [{b: c}, *x], d: e}"} {
			text := "a: &x {" + manyLines(n, "k%x: 1,") + "}\nb: " + use + "\nc: [1, 2, 3]\n"
			_, err := Parse("v", []byte(text))
			_, want := library([]byte(text))
			if (err == nil) != (want == nil) || err != nil && err.(*ParseError).Msg != want.(*ParseError).Msg {
				t.Errorf("%d values, %s: %v, the library says %v", n, use, err, want)
			}
			if err == nil {
				accepted++
			}
		}
	}
	if accepted == 0 || accepted == 20 {
		t.Errorf("%d of 20 are accepted", accepted)
	}
}

// TestSmallBomb: what aliases stand for is bounded by the text, whatever number of
// values a reader takes otherwise. The post-renderer takes a million.
func TestSmallBomb(t *testing.T) {
	text := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'e'; c++ {
		text += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat("*"+string(c-1)+", ", 10), ", "))
	}
	if _, _, ok := yamlin.Parse([]byte(text), usualScalars, 1_000_000); ok {
		t.Errorf("%d bytes are read as more than 10,000 values", len(text))
	}
	few := text[:strings.Index(text, "c: ")]
	if _, _, ok := yamlin.Parse([]byte(few+"# "+strings.Repeat("long ", 50)+"\n"), usualScalars, 1_000_000); !ok {
		t.Error("aliases of a hundred values are refused")
	}
}

// TestManyMergeKeys: work grows with the file, not with its square.
func TestManyMergeKeys(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	doc, err := Parse("v", []byte("x: !!str 1\n"+manyLines(11000, "k%d: 1\n")+strings.Repeat("<<: {y: 2}\n", 11000)))
	if err != nil || len(doc.Tree()) != 11002 {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	// This depends on neither clock nor load: 18 MB, or 7 GB if the work grew with the square.
	if n := after.TotalAlloc - before.TotalAlloc; n > 200<<20 {
		t.Errorf("it takes %d bytes", n)
	}
}
