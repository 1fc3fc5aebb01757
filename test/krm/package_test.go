// SPDX-License-Identifier: Apache-2.0

package krm

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/fn/runtime/exec"
	"sigs.k8s.io/kustomize/kyaml/kio"
)

// TestPackage: a directory of manifests is rendered in place, as with kpt: the WasmStack
// stays in its file, its objects get files, and doing it again changes nothing until the
// values change.
func TestPackage(t *testing.T) {
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	for _, kv := range env {
		if key, value, _ := strings.Cut(kv, "="); strings.HasPrefix(key, "HELM_") {
			t.Setenv(key, value)
		}
	}
	for name, command := range map[string][]string{"sandboxed": {"helm", "wasm", "krm"}, "native": {"helm-wasm", "krm"}} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			const mine = "# mine\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: mine # comment\ndata:\n  a: |\n    - b\n"
			write(t, filepath.Join(dir, "mine.yaml"), mine)
			stack, err := os.ReadFile(filepath.Join(root, "kustomize", "krm", "example", "base", "stack.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			local := strings.Replace(string(stack), "  name: shop\n",
				"  name: shop\n  annotations:\n    config.kubernetes.io/local-config: \"true\"\n", 1)
			write(t, filepath.Join(dir, "stack.yaml"), local)

			first := fn(t, dir, command)
			if first["mine.yaml"] != mine || first["stack.yaml"] != local {
				t.Errorf("files that are not the function's have changed:\n%s\n%s", first["mine.yaml"], first["stack.yaml"])
			}
			if len(first) != 6 {
				t.Errorf("the package has %d files", len(first))
			}
			if second := fn(t, dir, command); !equal(first, second) {
				t.Errorf("a second run changes the package from\n%v\nto\n%v", first, second)
			}
			write(t, filepath.Join(dir, "stack.yaml"), strings.Replace(local, "maxReplicas: 3", "maxReplicas: 4", 1))
			third := fn(t, dir, command)
			changed := 0
			for name := range third {
				if third[name] != first[name] {
					changed++
				}
			}
			if len(third) != len(first) || changed != 2 {
				t.Errorf("%d of %d files have changed, not the stack and its ScaledObject:\n%v", changed, len(third), third)
			}
		})
	}
}

// fn runs the function on a directory and returns what is there then.
func fn(t *testing.T, dir string, command []string) map[string]string {
	t.Helper()
	rw := &kio.LocalPackageReadWriter{PackagePath: dir, PreserveSeqIndent: true}
	filter := &exec.Filter{Path: command[0], Args: command[1:], WorkingDir: dir}
	if err := (kio.Pipeline{Inputs: []kio.Reader{rw}, Filters: []kio.Filter{filter}, Outputs: []kio.Writer{rw}}).Execute(); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		relative, _ := filepath.Rel(dir, name)
		got[filepath.ToSlash(relative)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func equal(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return true
}
