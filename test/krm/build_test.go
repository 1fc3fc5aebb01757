// SPDX-License-Identifier: Apache-2.0

package krm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// built returns what one program prints for a directory of kustomize/.
func built(t *testing.T, args ...string) string {
	t.Helper()
	dir := args[len(args)-1]
	args[len(args)-1] = filepath.Join(root, "kustomize", dir)
	r := run(root, nil, args...)
	if r.err != nil {
		t.Fatal(r)
	}
	return r.stdout
}

// TestBuildIsKustomize: `helm-wasm build` prints what every version of kustomize prints,
// including the one in kubectl 1.30: so the base, components and overlays work with
// `kubectl apply -k`, without plugins.
func TestBuildIsKustomize(t *testing.T) {
	kubectls := strings.Fields(os.Getenv("KUBECTLS"))
	if len(kubectls) == 0 {
		t.Fatal("KUBECTLS names `kubectl kustomize` of old versions: run `make test-krm`")
	}
	dirs := []string{"base"}
	overlays, err := os.ReadDir(filepath.Join(root, "kustomize", "overlays"))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range overlays {
		dirs = append(dirs, "overlays/"+o.Name())
	}
	if len(dirs) < 5 {
		t.Fatalf("only %v", dirs)
	}
	for _, dir := range dirs {
		want := built(t, filepath.Join(bin, "helm-wasm"), "build", dir)
		if !strings.Contains(want, "kind: ScaledObject") {
			t.Errorf("%s: no ScaledObject in\n%.500s", dir, want)
		}
		for _, program := range kustomizes {
			if got := built(t, program, "build", dir); got != want {
				t.Errorf("%s: %s prints different bytes", dir, program)
			}
		}
		for _, program := range kubectls {
			if got := built(t, program, dir); got != want {
				t.Errorf("%s: %s prints different bytes", dir, program)
			}
		}
	}
}

// TestBuildFailure: the native program reports what is wrong and where, on standard error,
// and prints nothing else.
func TestBuildFailure(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "kustomization.yaml"), "resources: [functions.yaml]\n")
	r := run(dir, nil, filepath.Join(bin, "helm-wasm"), "build", ".")
	if r.err == nil || r.stdout != "" || !strings.HasPrefix(r.stderr, `Error: building overlay ".": "`) ||
		!strings.HasSuffix(r.stderr, "functions.yaml\" does not exist\n") {
		t.Error(r)
	}
}
