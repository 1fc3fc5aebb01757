// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/helm-wasm/helm-wasm/runner/module"
)

var (
	compiling sync.Mutex
	compiler  string // a wasm-runner without the race detector
	compiled  = map[string]bool{}
)

// precompile fills the cache with a module's machine code. The race detector
// makes the compiler so slow that the tests would mostly wait for it, so it
// runs in a process without.
func precompile(t *testing.T, wasm []byte) {
	if !raceDetector || len(wasm) == 0 {
		return
	}
	t.Helper()
	compiling.Lock()
	defer compiling.Unlock()
	digest := module.Digest(wasm)
	if compiled[digest] {
		return
	}
	if compiler == "" {
		binary := filepath.Join(cacheDir, "wasm-runner")
		if text, err := exec.Command("go", "build", "-o", binary, "../cmd/wasm-runner").CombinedOutput(); err != nil {
			t.Fatalf("building wasm-runner: %v\n%s", err, text)
		}
		compiler = binary
	}
	file := filepath.Join(t.TempDir(), "module.wasm")
	if err := os.WriteFile(file, wasm, 0o600); err != nil {
		t.Fatal(err)
	}
	if text, err := exec.Command(compiler, "compile", "--module", file, "--cache-dir", cacheDir).CombinedOutput(); err != nil {
		t.Logf("not compiled beforehand: %v\n%s", err, text)
	}
	compiled[digest] = true
}
