// SPDX-License-Identifier: Apache-2.0

package deadline

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// features are all those of wazero, which the runner enables.
const features = api.CoreFeaturesV2 | experimental.CoreFeaturesTailCall | experimental.CoreFeaturesExtendedConst |
	experimental.CoreFeaturesExceptionHandling | experimental.CoreFeaturesThreads | experimental.CoreFeaturesTypedFunctionReferences

// goGuest builds testdata/guest, once for all tests.
var goGuest = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "deadline-guest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "guest.wasm")
	cmd := exec.Command("go", "build", "-buildmode=c-shared", "-o", out, "./testdata/guest")
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, err
	}
	return os.ReadFile(out)
})

func guest(tb testing.TB) []byte {
	tb.Helper()
	wasm, err := goGuest()
	if err != nil {
		tb.Fatalf("building the Go guest: %v", err)
	}
	return wasm
}

// compiled shares compiled modules between the runtimes of all tests.
var compiled = wazero.NewCompilationCache()

// holder is never closed, so that the cache keeps what it has compiled.
var holder = sync.OnceValue(func() wazero.Runtime {
	return wazero.NewRuntimeWithConfig(context.Background(), config().WithCompilationCache(compiled))
})

// instrumentedGuest returns the instrumented Go guest, which is compiled once for all
// tests.
func instrumentedGuest(tb testing.TB) []byte {
	tb.Helper()
	wasm := mustInstrument(tb, guest(tb))
	if _, err := holder().CompileModule(background(), wasm); err != nil {
		tb.Fatal(err)
	}
	return wasm
}

// background returns the context of compilations, which use all processors.
func background() context.Context {
	return experimental.WithCompilationWorkers(context.Background(), runtime.GOMAXPROCS(0))
}

func config() wazero.RuntimeConfig {
	return wazero.NewRuntimeConfigCompiler().WithCoreFeatures(features)
}

// newRuntime returns a runtime with WASI that is closed when the test ends.
func newRuntime(tb testing.TB, c wazero.RuntimeConfig) wazero.Runtime {
	tb.Helper()
	r := wazero.NewRuntimeWithConfig(context.Background(), c.WithCompilationCache(compiled))
	tb.Cleanup(func() { r.Close(context.Background()) })
	wasi_snapshot_preview1.MustInstantiate(context.Background(), r)
	return r
}

func instantiate(tb testing.TB, r wazero.Runtime, wasm []byte, start ...string) api.Module {
	tb.Helper()
	mod, err := r.InstantiateWithConfig(background(), wasm, wazero.NewModuleConfig().WithName("").WithStartFunctions(start...))
	if err != nil {
		tb.Fatalf("instantiating: %v", err)
	}
	return mod
}

func mustInstrument(tb testing.TB, wasm []byte) []byte {
	tb.Helper()
	out, err := instrument(wasm)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}
