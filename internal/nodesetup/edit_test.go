// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite golden files")

// wanted are handlers as install would give them to the editor.
func wanted(keys ...string) (all []Handler) {
	for _, key := range keys {
		all = append(all, Handler{Key: key, Name: key, Binary: "/opt/helm-wasm/bin/" + BinaryName(key, key)})
	}
	return all
}

// TestCorpus edits configurations as nodes have them. A file's first line says
// with what; a template's rendered form stands beside it.
func TestCorpus(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.toml")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, name := range files {
		count++
		t.Run(strings.TrimPrefix(name, "testdata/"), func(t *testing.T) { corpusCase(t, name) })
	}
	if count < 80 {
		t.Errorf("the corpus has %d files, want 80 at least", count)
	}
	// Real ones are long: with comments, registries and other runtimes.
	all, err := filepath.Glob("testdata/*/*")
	if err != nil {
		t.Fatal(err)
	}
	long := 0
	for _, name := range all {
		if ext := filepath.Ext(name); ext == ".toml" || ext == ".rendered" || ext == ".root" {
			if data, err := os.ReadFile(name); err == nil && bytes.Count(data, []byte("\n")) > 15 {
				long++
			}
		}
	}
	if long < 40 {
		t.Errorf("the corpus has %d files of more than 15 lines, want 40 at least", long)
	}
}

func corpusCase(t *testing.T, name string) {
	file, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var e Edit
	directives, err := os.ReadFile(strings.TrimSuffix(name, ".toml") + ".case")
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range strings.Fields(string(directives)) {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "containerd":
			if e.Containerd, err = ParseVersion(value + ".0"); err != nil {
				t.Fatal(err)
			}
		case "handlers":
			e.Handlers = wanted(strings.Split(value, ",")...)
		case "rendered":
			e.Template = true
			if e.Rendered, err = os.ReadFile(filepath.Join(filepath.Dir(name), value)); err != nil {
				t.Fatal(err)
			}
		case "root":
			root, err := os.ReadFile(filepath.Join(filepath.Dir(name), value))
			if err != nil {
				t.Fatal(err)
			}
			if e.Root, err = parseTOML(root); err != nil {
				t.Fatal(err)
			}
		case "seen":
			seen, err := os.ReadFile(filepath.Join(filepath.Dir(name), value))
			if err != nil {
				t.Fatal(err)
			}
			if e.Seen, err = parseTOML(seen); err != nil {
				t.Fatal(err)
			}
		default:
			t.Fatalf("unknown directive %q", word)
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
	golden := strings.TrimSuffix(name, ".toml") + ".golden"
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("got:\n%s\nwant:\n%s", got.Bytes(), want)
	}
}

// undo checks what must hold for every edit.
func undo(t *testing.T, file []byte, edited Edited, e Edit) {
	t.Helper()
	back, had, err := Remove(edited.Data)
	if err != nil || had != (len(edited.Added)+len(edited.Kept) > 0) || !bytes.Equal(back, file) {
		t.Errorf("removing gives not the old file (err %v):\n%s", err, back)
	}
	if e.Template && len(edited.Added)+len(edited.Kept) > 0 {
		plain, _, _ := unwrap(e.Rendered)
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
		handlers []Handler
		want     string
	}{
		"malformed":           {"version = \n", wanted("wasmtime"), "line 1, column"},
		"version is text":     {"version = \"2\"\n", wanted("wasmtime"), "not a number"},
		"cri disabled":        {v3 + "disabled_plugins = [\"cri\"]\n", wanted("wasmtime"), "disabled_plugins"},
		"inline table":        {v3 + "plugins = {\"io.containerd.cri.v1.runtime\" = {}}\n", wanted("wasmtime"), "inline table"},
		"same handler twice":  {v3, append(wanted("wasmtime"), Handler{Key: "other", Name: "wasmtime", Binary: "/x/containerd-shim-spin-v2"}), "two runtimes"},
		"handler with spaces": {v3, []Handler{{Key: "a", Name: "a b", Binary: "/x/crun"}}, "is no name"},
		"binary is relative":  {v3, []Handler{{Key: "a", Name: "a", Binary: "crun"}}, "absolute"},
		"binary is no shim":   {v3, []Handler{{Key: "a", Name: "a", Binary: "/bin/sh"}}, "neither a shim"},
		"marker without end":  {v3 + beginLine, wanted("wasmtime"), "without its END"},
		"end without marker":  {v3 + endLine, wanted("wasmtime"), "without the other"},
		"two blocks":          {v3 + beginLine + endLine + beginLine + endLine, wanted("wasmtime"), "more than one"},
		"keys after the end":  {v3 + beginLine + "[a]\n" + endLine + "b = 1\n", wanted("wasmtime"), "move it above"},
		"block in a string":   {v3 + "x = '''\n" + beginLine + endLine + "'''\n", wanted("wasmtime"), "stands after"},
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

// TestRemoveKeepsLines: what someone wrote after our block stays on lines of
// its own, also in a file that did not end its last line.
func TestRemoveKeepsLines(t *testing.T) {
	for file, want := range map[string]string{
		"a = 1\n" + beginJoined + endLine + "[b]\n":             "a = 1\n[b]\n",
		"a = 1\n" + beginJoined + endLine:                       "a = 1",
		"a = 1 " + endLine + "b = 2\n" + beginLine + endLine:    "a = 1 " + endLine + "b = 2\n",
		"{{ x }}\n" + beginJoined + "[c]\n" + endLine + "[b]\n": "{{ x }}\n[b]\n",
	} {
		if got, had, err := Remove([]byte(file)); err != nil || !had || string(got) != want {
			t.Errorf("%q became %q (%v, %v), want %q", file, got, had, err, want)
		}
	}
}

// FuzzInsert edits anything as each of the forms: a file, a template around a
// rendered file, and a drop-in of a main file. What an edit gives parses, keeps
// every key, and is undone exactly.
func FuzzInsert(f *testing.F) {
	files, _ := filepath.Glob("testdata/*/*.toml")
	for _, name := range files {
		if data, err := os.ReadFile(name); err == nil {
			f.Add(data, []byte(nil), 1, true)
			f.Add(data, []byte(nil), 2, false)
		}
	}
	for form, ext := range []string{"rendered", "root"} {
		others, _ := filepath.Glob("testdata/*/*." + ext)
		for _, name := range others {
			other, err := os.ReadFile(name)
			if err != nil {
				continue
			}
			file, _ := os.ReadFile(strings.TrimSuffix(name, ext) + "toml")
			f.Add(file, other, 4*(form+1)+1, true)
			f.Add(file, other, 4*(form+1)+2, false)
		}
	}
	f.Add([]byte("a = 1\n"+beginJoined+endLine), []byte(nil), 2, true)
	f.Add([]byte("[0]"), []byte(nil), 5, true)
	f.Add([]byte("\n"), []byte("0=0"), 7, false)
	f.Add([]byte("x"), []byte("0=0"), 7, false)
	f.Add([]byte("a = 1 "+endLine+"b = 2\n"), []byte(nil), 2, false)
	f.Add([]byte("# END helm-wasm\n"+beginJoined+endLine+" node setup\n[plugins.cri.containerd.runtimes.wasmtime]\n"), []byte(nil), 1, false)
	f.Add([]byte(beginJoined+beginLine+endLine+"[plugins.cri.containerd.runtimes.wasmtime]\n"), []byte(nil), 1, false)
	f.Add([]byte("[[plugins]]\n"), []byte("version = 2\n"), 5, false)
	f.Add([]byte(""), []byte("version = 2\n"+beginLine+endLine), 5, false)
	f.Add([]byte("version = 2\n[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes]\n"), []byte(nil), 2, false)
	f.Add([]byte("[plugins.cri.containerd.runtimes.runc.options]\nSystemdCgroup = true\nsystemdCgroup = false\n"), []byte(nil), 1, false)
	f.Fuzz(func(t *testing.T, file, other []byte, form int, two bool) {
		e := Edit{Containerd: Version{form & 3, 2}, Handlers: wanted("wasmtime")}
		if two {
			e.Handlers = append(e.Handlers, wanted("crun-wasmedge")...)
			e.Keep = map[string]any{"old": Handler{Key: "old", Name: "old", Binary: "/x/crun"}.table(true, e.Containerd)}
		}
		switch form >> 2 & 3 {
		case 1:
			e.Template, e.Rendered = true, other
		case 2:
			root, err := parseTOML(other)
			if err != nil {
				return
			}
			e.Root = root
		case 3:
			seen, err := parseTOML(other)
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
		plain, _, err := unwrap(other)
		if e.Template && (err != nil || !endsLine(plain) && endsLine(base)) {
			return // a template that ends its last line renders one that does
		}
		undo(t, base, edited, e)
		was, is := base, edited.Data
		if e.Template {
			// The file is no TOML; what is rendered from it is.
			was, is = plain, append(bytes.Clone(plain), edited.Data[len(base):]...)
		}
		before, err := parseTOML(was)
		if err != nil {
			t.Fatalf("a file was edited that does not parse: %v", err)
		}
		after, err := parseTOML(is)
		if err != nil {
			t.Fatalf("the result does not parse: %v", err)
		}
		for _, name := range slices.Concat(edited.Added, edited.Kept) {
			// Where is for the file's version to say, which Insert has read.
			if !slices.ContainsFunc([]string{"io.containerd.cri.v1.runtime", "io.containerd.grpc.v1.cri", "cri"}, func(plugin string) bool {
				return at(after, "plugins", plugin, "containerd", "runtimes")[name] != nil
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
		} else if !equal(value, is[key]) {
			t.Errorf("key %q was %v and is %v", key, value, is[key])
		}
	}
}
