// SPDX-License-Identifier: Apache-2.0

package krm

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/stack/values"
)

// warned returns a stack with a warning of the linter.
func warned(name, more string) string {
	return strings.Replace(stackText(name, more), "billing}", "billing}, scaling: {maxReplicas: 24}", 1)
}

// oddLists are valid, and were once read wrongly.
var oddLists = []string{
	head + "items:\n- a: |+\n    b\n\n\n# c\n- {}\nresults: []\n" + inConfig(stackText("shop", "")),
	// A carriage return alone ends a line, and does not belong to the next one.
	head + "# c\r\r\nitems:\n- a: |\n    b\r\r\n    c\n" + inConfig(stackText("shop", "")),
	// So do these separators, in a block of text that is put into the list.
	head + inConfig(stackText("shop", "")+
		"  extraObjects: {a: {apiVersion: v1, kind: ConfigMap, metadata: {name: x}, data: {k: \"a\\u2028b\\u2029\\u2029\\nc\"}}}\n"+
		"options: {scope: all}\n"),
	// Results contain characters that JSON need not escape and YAML does not allow.
	head + "items:\n" + inList(warned("shop", `, annotations: {config.kubernetes.io/path: "a\x7f\x80\ufffe"}`)),
	// An annotation that tools write too belongs to the object.
	head + inConfig(stackText("shop", "")+
		"  extraObjects: {a: {apiVersion: v1, kind: ConfigMap, metadata: {name: x, "+
		"annotations: {config.kubernetes.io/depends-on: z}}}}\n"+
		"options: {scope: all}\n"),
	// Not an archive, although this word is where archives have it.
	head + "items:\n- kind: x\n  text: " + strings.Repeat("x", 257-len("  kind: x\n  text: ")) + "ustar\n" +
		inConfig(stackText("shop", "")),
	// After the first run the stack is gone, and so are its results.
	head + "items:\n" + inList(warned("shop", "")) + inConfig(warned("shop2", "")),
	head + "items:\n" + inList(stackText("shop", "")) + inConfig(warned("shop", ", labels: {a: 1}")),
}

// TestSecondRun checks odd lists in the same way as the fuzz test.
func TestSecondRun(t *testing.T) {
	for _, in := range oddLists {
		t.Run("", func(t *testing.T) {
			if _, err := Run([]byte(in)); err != nil {
				t.Errorf("%v\n%s", err, in)
			}
			checkRun(t, []byte(in))
		})
	}
}

// TestManyUnusual: the cost of items that only the library can read does not depend on
// the items before them.
func TestManyUnusual(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	many := head + "items:\n" + strings.Repeat("- kind: a\n  b: !Ref c\n", 3000) + inConfig(stackText("shop", ""))
	if _, err := Run([]byte(many)); err != nil {
		t.Error(err)
	}
	runtime.ReadMemStats(&after)
	// Memory does not depend on the load of the machine: 53 MB, or 108 if all lines
	// before an item are read again.
	if n := after.TotalAlloc - before.TotalAlloc; n > 80<<20 {
		t.Errorf("it takes %d bytes", n)
	}
}

// FuzzResourceList: for any input, Run says what is wrong or returns a list that it
// accepts again and does not change.
func FuzzResourceList(f *testing.F) {
	files, err := filepath.Glob("testdata/*/input.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, in := range oddLists {
		f.Add([]byte(in))
	}
	f.Add([]byte(`{"apiVersion":"config.kubernetes.io/v1","kind":"ResourceList","items":[],"functionConfig":{"kind":"WasmStack"}}`))
	f.Fuzz(checkRun)
}

func checkRun(t *testing.T, in []byte) {
	t.Helper()
	out, err := Run(in)
	if err != nil && err.Error() == "" {
		t.Error("an error without a message")
	}
	if !values.IsYAML(out) {
		t.Fatalf("the output is not YAML:\n%s\nof\n%s", out, in)
	}
	if err != nil {
		return
	}
	again, err := Run(out)
	before, shadow := stacksIn(t, in)
	after, still := stacksIn(t, out)
	switch {
	case before == after:
	case shadow && !still:
		return // the functionConfig, of the same name as what was taken out, is rendered now
	case err == nil:
		// A stack that was removed has no results in the second run.
		out = again
		again, err = Run(out)
	}
	if err != nil && strings.HasPrefix(err.Error(), "nothing to render") {
		return // nothing came of the stacks that were there
	}
	if err != nil || !bytes.Equal(again, out) {
		t.Fatalf("the second run says %v and gives\n%s\nof\n%s", err, again, out)
	}
}

// stacksIn returns how many items of a list are a WasmStack, and whether one of them is
// also the functionConfig.
func stacksIn(t *testing.T, text []byte) (stacks int, shadow bool) {
	l, err := read(text)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	for _, o := range l.items {
		if o.kind == Kind {
			stacks++
			shadow = shadow || l.config != nil && o.id() == l.config.id()
		}
	}
	return stacks, shadow
}
