// SPDX-License-Identifier: Apache-2.0

// Package guestbuild compiles Go guests to WebAssembly for tests and
// benchmarks, once per process and package.
package guestbuild

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

var (
	mu    sync.Mutex
	built = map[string][]byte{}
)

// Command builds a package as a WASI command, with the caller's directory as
// the working directory.
func Command(t testing.TB, pkg string) []byte { return build(t, pkg) }

// Library builds a package as a WASI reactor with exported functions.
func Library(t testing.TB, pkg string) []byte { return build(t, pkg, "-buildmode=c-shared") }

func build(t testing.TB, pkg string, flags ...string) []byte {
	t.Helper()
	mu.Lock()
	defer mu.Unlock()
	if wasm := built[pkg]; wasm != nil {
		return wasm
	}
	out := filepath.Join(t.TempDir(), "guest.wasm")
	args := append([]string{"build", "-trimpath", "-ldflags=-s -w", "-o", out}, append(flags, pkg)...)
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "GOFLAGS=-buildvcs=false")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building guest %q: %v\n%s", pkg, err, text)
	}
	wasm, err := os.ReadFile(out)
	if err != nil {
		t.Fatalf("building guest %q: %v", pkg, err)
	}
	built[pkg] = wasm
	return wasm
}
