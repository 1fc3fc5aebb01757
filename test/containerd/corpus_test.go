// SPDX-License-Identifier: Apache-2.0

package containerd

import (
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/containerd"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/handler"
	"github.com/helm-wasm/helm-wasm/internal/txtar"
)

// TestCorpusIsRead gives each edited configuration of the corpus to a real containerd: it
// sees the handlers, and otherwise what it saw before.
func TestCorpusIsRead(t *testing.T) {
	const dir = "../../internal/nodesetup/containerd/testdata/"
	files, err := filepath.Glob(dir + "*/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		archive, err := txtar.Parse(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		_, template := archive.File("rendered")
		_, dropIn := archive.File("root")
		if template || dropIn {
			continue // not what containerd reads; the edit itself is the same
		}
		major := 2
		if strings.Contains(string(archive.Comment), "containerd=1.") {
			major = 1
		}
		file, ok := archive.File("file")
		if !ok {
			t.Fatalf("%s has no file to edit", name)
		}
		handlers := []handler.Handler{
			{Key: "wasmtime", Name: "wasmtime", Binary: "/opt/helm-wasm/bin/containerd-shim-wasmtime-v1"},
			{Key: "crun-wasmedge", Name: "crun-wasmedge", Binary: "/opt/helm-wasm/bin/crun"},
		}
		edited, err := containerd.Insert(file, containerd.Edit{Containerd: containerd.Version{Major: major, Minor: 4}, Handlers: handlers})
		if err != nil {
			continue // refused: the archive has the words
		}
		read++
		t.Run(strings.TrimPrefix(name, dir), func(t *testing.T) {
			was, is := dump(t, major, file), dump(t, major, edited.Data)
			before, after := cut(was), cut(is)
			for _, name := range append(edited.Added, edited.Foreign...) {
				if _, ok := after[name]; !ok {
					t.Errorf("containerd %d does not see the handler %q", major, name)
				}
				delete(after, name)
				delete(before, name)
			}
			if edited.Runc {
				if _, ok := after["runc"]; !ok {
					t.Error("runc is gone")
				}
				delete(after, "runc")
				delete(before, "runc")
			}
			if !reflect.DeepEqual(before, after) {
				t.Errorf("other runtimes changed: %v, %v", before, after)
			}
			if !reflect.DeepEqual(was, is) {
				t.Errorf("other settings changed:\n%.2000v\n%.2000v", was, is)
			}
		})
	}
	if read < 30 {
		t.Errorf("only %d configurations were read", read)
	}
}

func dump(t *testing.T, major int, config []byte) map[string]any {
	t.Helper()
	bin, _ := programs(t, major)
	name := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(name, config, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(bin, "--config", name, "config", "dump").Output()
	if err != nil {
		t.Fatalf("containerd %d refuses it: %v", major, err)
	}
	tree := map[string]any{}
	if err := toml.Unmarshal(out, &tree); err != nil {
		t.Fatal(err)
	}
	delete(tree, "imports") // containerd 1.x names the file itself there
	return tree
}

// cut removes the runtimes from a dump.
func cut(tree map[string]any) map[string]any {
	for _, plugin := range []string{"io.containerd.cri.v1.runtime", "io.containerd.grpc.v1.cri"} {
		plugins, _ := tree["plugins"].(map[string]any)
		cri, _ := plugins[plugin].(map[string]any)
		section, _ := cri["containerd"].(map[string]any)
		if runtimes, ok := section["runtimes"].(map[string]any); ok {
			section["runtimes"] = nil
			return runtimes
		}
	}
	return nil
}
