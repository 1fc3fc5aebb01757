// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/runner/function"
	"github.com/helm-wasm/helm-wasm/internal/runner/module"
)

var (
	compiling sync.Mutex
	compiler  string // this test without the race detector
	compiled  = map[string]bool{}
)

// compileOnly turns this test's process into a compiler: of the file that it names,
// into the directory named by the argument after it.
const compileOnly = "RUNNER_TEST_COMPILE"

// compileAndExit does what compileOnly asks for.
func compileAndExit(file string) {
	wasm, err := os.ReadFile(file)
	if err == nil {
		_, err = Compile(context.Background(), wasm, "auto", function.DefaultExport, os.Args[1])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// precompile fills the cache with a module's machine code. The race detector
// makes the compiler so slow that the tests would mostly wait for it, so it runs in
// a process without. That must be a test process too: code is cached under the
// versions in a binary, which tests do not have.
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
		binary := filepath.Join(cacheDir, "compiler")
		if text, err := exec.Command("go", "test", "-c", "-race=false", "-o", binary, ".").CombinedOutput(); err != nil {
			t.Fatalf("building the compiler: %v\n%s", err, text)
		}
		compiler = binary
	}
	file := filepath.Join(t.TempDir(), "module.wasm")
	if err := os.WriteFile(file, wasm, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(compiler, cacheDir)
	cmd.Env = append(os.Environ(), compileOnly+"="+file)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Logf("not compiled beforehand: %v\n%s", err, text)
	}
	compiled[digest] = true
}
