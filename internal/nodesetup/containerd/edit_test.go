// SPDX-License-Identifier: Apache-2.0

package containerd

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/handler"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/marker"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/tomltree"
	"github.com/helm-wasm/helm-wasm/internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the outcomes in testdata")

// wanted returns handlers as install would pass them.
func wanted(keys ...string) (all []handler.Handler) {
	for _, key := range keys {
		all = append(all, handler.Handler{Key: key, Name: key, Binary: "/opt/helm-wasm/bin/" + handler.BinaryName(key, key)})
	}
	return all
}

// corpus returns the archives of testdata, by name. An archive's comment says which
// containerd reads the file and which handlers are wanted; "file" is the
// configuration, "rendered" what a template in it becomes, "root" the main
// configuration beside a drop-in, "seen" what containerd understood, and "want"
// the outcome.
func corpus(t testing.TB) map[string]*txtar.Archive {
	t.Helper()
	names, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*txtar.Archive{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if all[name], err = txtar.Parse(data); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return all
}

// TestCorpus edits configurations as nodes have them.
func TestCorpus(t *testing.T) {
	cases := corpus(t)
	if len(cases) < 80 {
		t.Errorf("the corpus has %d cases, want at least 80", len(cases))
	}
	long := 0
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		a := cases[name]
		t.Run(strings.TrimPrefix(name, "testdata/"), func(t *testing.T) { corpusCase(t, name, a) })
		for _, f := range a.Files {
			if f.Name != "want" && f.Name != "seen" && bytes.Count(f.Data, []byte("\n")) > 15 {
				long++
			}
		}
	}
	// Real ones are long: with comments, registries and other runtimes.
	if long < 40 {
		t.Errorf("the corpus has %d files of more than 15 lines, want at least 40", long)
	}
}

func corpusCase(t *testing.T, name string, a *txtar.Archive) {
	file, ok := a.File("file")
	if !ok {
		t.Fatal("there is no file to edit")
	}
	var e Edit
	var err error
	for _, word := range strings.Fields(string(a.Comment)) {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "containerd":
			if e.Containerd, err = ParseVersion(value + ".0"); err != nil {
				t.Fatal(err)
			}
		case "handlers":
			e.Handlers = wanted(strings.Split(value, ",")...)
		default:
			t.Fatalf("unknown directive %q", word)
		}
	}
	e.Rendered, e.Template = a.File("rendered")
	for section, tree := range map[string]*map[string]any{"root": &e.Root, "seen": &e.Seen} {
		if data, ok := a.File(section); ok {
			if *tree, err = tomltree.Parse(data); err != nil {
				t.Fatal(err)
			}
		}
	}
	edited, err := Insert(file, e)
	var got bytes.Buffer
	fmt.Fprintf(&got, "added: %v\nforeign: %v\nsystemd: %v\n", edited.Added, edited.Foreign, edited.Systemd)
	if err != nil {
		fmt.Fprintf(&got, "error: %v\n", err)
	} else {
		if !bytes.HasPrefix(edited.Data, file) {
			t.Errorf("the file's own bytes changed")
		}
		fmt.Fprintf(&got, "---\n%s", edited.Data[len(file):])
		undo(t, file, edited, e)
	}
	if *update {
		a.Set("want", got.Bytes())
		if err := os.WriteFile(name, a.Format(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, _ := a.File("want"); !bytes.Equal(got.Bytes(), want) {
		t.Errorf("got:\n%s\nwant:\n%s", got.Bytes(), want)
	}
}

// undo checks what must hold for every edit.
func undo(t *testing.T, file []byte, edited handler.Edited, e Edit) {
	t.Helper()
	back, had, err := Remove(edited.Data)
	if err != nil || had != (len(edited.Added)+len(edited.Kept) > 0) || !bytes.Equal(back, file) {
		t.Errorf("removing does not give the old file (err %v):\n%s", err, back)
	}
	if e.Template && len(edited.Added)+len(edited.Kept) > 0 {
		plain, _, _ := marker.Unwrap(e.Rendered)
		e.Rendered = append(bytes.Clone(plain), edited.Data[len(file):]...)
	}
	again, err := Insert(edited.Data, e)
	if err != nil || !bytes.Equal(again.Data, edited.Data) || !slices.Equal(again.Added, edited.Added) {
		t.Errorf("a second edit changes something (err %v):\n%s", err, again.Data)
	}
}

func TestInsertRefuses(t *testing.T) {
	v3 := "version = 3\n"
	cases := map[string]struct {
		file     string
		handlers []handler.Handler
		want     string
	}{
		"malformed":       {"version = \n", wanted("wasmtime"), "line 1, column"},
		"version is text": {"version = \"2\"\n", wanted("wasmtime"), "not a number"},
		"cri disabled":    {v3 + "disabled_plugins = [\"cri\"]\n", wanted("wasmtime"), "disabled_plugins"},
		"inline table":    {v3 + "plugins = {\"io.containerd.cri.v1.runtime\" = {}}\n", wanted("wasmtime"), "inline table"},
		"same handler twice": {v3, append(wanted("wasmtime"), handler.Handler{
			Key: "other", Name: "wasmtime",
			Binary: "/x/containerd-shim-spin-v2",
		}), "two runtimes"},
		"handler with spaces": {v3, []handler.Handler{{Key: "a", Name: "a b", Binary: "/x/crun"}}, "is not a valid name"},
		"binary is relative":  {v3, []handler.Handler{{Key: "a", Name: "a", Binary: "crun"}}, "absolute"},
		"binary is no shim":   {v3, []handler.Handler{{Key: "a", Name: "a", Binary: "/bin/sh"}}, "neither a shim"},
		"marker without end":  {v3 + marker.Begin, wanted("wasmtime"), "without its END"},
		"end without marker":  {v3 + marker.End, wanted("wasmtime"), "without the other"},
		"two blocks":          {v3 + marker.Begin + marker.End + marker.Begin + marker.End, wanted("wasmtime"), "more than one"},
		"keys after the end":  {v3 + marker.Begin + "[a]\n" + marker.End + "b = 1\n", wanted("wasmtime"), "move it above"},
		"block in a string":   {v3 + "x = '''\n" + marker.Begin + marker.End + "'''\n", wanted("wasmtime"), "follows node setup's block"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := Insert([]byte(c.file), Edit{Containerd: Version{2, 1}, Handlers: c.handlers})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want one with %q; result:\n%s", err, c.want, got.Data)
			}
		})
	}
}

// TestRemoveKeepsLines: what someone wrote after the block stays on lines of its
// own, even in a file that did not end its last line.
func TestRemoveKeepsLines(t *testing.T) {
	for file, want := range map[string]string{
		"a = 1\n" + marker.BeginJoined + marker.End + "[b]\n":             "a = 1\n[b]\n",
		"a = 1\n" + marker.BeginJoined + marker.End:                       "a = 1",
		"a = 1 " + marker.End + "b = 2\n" + marker.Begin + marker.End:     "a = 1 " + marker.End + "b = 2\n",
		"{{ x }}\n" + marker.BeginJoined + "[c]\n" + marker.End + "[b]\n": "{{ x }}\n[b]\n",
	} {
		if got, had, err := Remove([]byte(file)); err != nil || !had || string(got) != want {
			t.Errorf("%q became %q (%v, %v), want %q", file, got, had, err, want)
		}
	}
}

// FuzzInsert edits anything as each of the forms: a file, a template around a
// rendered file, and a drop-in of a main file. The result of an edit parses,
// keeps every key, and is undone exactly.
func FuzzInsert(f *testing.F) {
	for _, a := range corpus(f) {
		file, _ := a.File("file")
		f.Add(file, []byte(nil), 1, true)
		f.Add(file, []byte(nil), 2, false)
		for form, section := range []string{"rendered", "root"} {
			if other, ok := a.File(section); ok {
				f.Add(file, other, 4*(form+1)+1, true)
				f.Add(file, other, 4*(form+1)+2, false)
			}
		}
	}
	f.Add([]byte("a = 1\n"+marker.BeginJoined+marker.End), []byte(nil), 2, true)
	f.Add([]byte("[0]"), []byte(nil), 5, true)
	f.Add([]byte("\n"), []byte("0=0"), 7, false)
	f.Add([]byte("x"), []byte("0=0"), 7, false)
	f.Add([]byte("a = 1 "+marker.End+"b = 2\n"), []byte(nil), 2, false)
	f.Add([]byte("# END helm-wasm\n"+marker.BeginJoined+marker.End+" node setup\n[plugins.cri.containerd.runtimes.wasmtime]\n"),
		[]byte(nil), 1, false)
	f.Add([]byte(marker.BeginJoined+marker.Begin+marker.End+"[plugins.cri.containerd.runtimes.wasmtime]\n"), []byte(nil), 1, false)
	f.Add([]byte("[[plugins]]\n"), []byte("version = 2\n"), 5, false)
	f.Add([]byte(""), []byte("version = 2\n"+marker.Begin+marker.End), 5, false)
	f.Add([]byte("version = 2\n[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes]\n"), []byte(nil), 2, false)
	f.Add([]byte("[plugins.cri.containerd.runtimes.runc.options]\nSystemdCgroup = true\nsystemdCgroup = false\n"), []byte(nil), 1, false)
	f.Fuzz(func(t *testing.T, file, other []byte, form int, two bool) {
		e := Edit{Containerd: Version{form & 3, 2}, Handlers: wanted("wasmtime")}
		if two {
			e.Handlers = append(e.Handlers, wanted("crun-wasmedge")...)
			e.Keep = map[string]any{"old": table(handler.Handler{Key: "old", Name: "old", Binary: "/x/crun"}, true, e.Containerd)}
		}
		switch form >> 2 & 3 {
		case 1:
			e.Template, e.Rendered = true, other
		case 2:
			root, err := tomltree.Parse(other)
			if err != nil {
				return
			}
			e.Root = root
		case 3:
			seen, err := tomltree.Parse(other)
			if err != nil {
				return
			}
			e.Seen = seen
		}
		edited, err := Insert(file, e)
		if err != nil {
			return
		}
		base, _, err := Remove(file)
		if err != nil {
			t.Fatalf("a file was edited that cannot be undone: %v", err)
		}
		plain, _, err := marker.Unwrap(other)
		if e.Template && (err != nil || !marker.EndsLine(plain) && marker.EndsLine(base)) {
			return // a template that ends its last line renders one that does
		}
		undo(t, base, edited, e)
		was, is := base, edited.Data
		if e.Template {
			// The file is not TOML, but what is rendered from it is.
			was, is = plain, append(bytes.Clone(plain), edited.Data[len(base):]...)
		}
		before, err := tomltree.Parse(was)
		if err != nil {
			t.Fatalf("a file was edited that does not parse: %v", err)
		}
		after, err := tomltree.Parse(is)
		if err != nil {
			t.Fatalf("the result does not parse: %v", err)
		}
		for _, name := range slices.Concat(edited.Added, edited.Kept) {
			// Which plugin has it depends on the file's version, which Insert reads.
			if !slices.ContainsFunc([]string{"io.containerd.cri.v1.runtime", "io.containerd.grpc.v1.cri", "cri"}, func(plugin string) bool {
				return tomltree.At(after, "plugins", plugin, "containerd", "runtimes")[name] != nil
			}) {
				t.Errorf("handler %q is missing", name)
			}
		}
		kept(t, before, after)
	})
}

// kept checks that every key of a tree is in another with the same value.
func kept(t *testing.T, was, is map[string]any) {
	t.Helper()
	for key, value := range was {
		table, ok := value.(map[string]any)
		other, both := is[key].(map[string]any)
		if ok && both {
			kept(t, table, other)
		} else if !tomltree.Equal(value, is[key]) {
			t.Errorf("key %q was %v and is %v", key, value, is[key])
		}
	}
}
