// SPDX-License-Identifier: Apache-2.0

package wasmbin

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// sources returns the directory of the source code of a Go module.
func sources(t *testing.T, module string) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		t.Fatalf("looking for the source code of %s: %v", module, err)
	}
	return strings.TrimSpace(string(out))
}

// TestCorpus reads the test modules of the specification and the plugins of the Extism
// SDK, made by many compilers. Everything that a real engine accepts must be read,
// with the same imports and exports.
func TestCorpus(t *testing.T) {
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter().WithCoreFeatures(api.CoreFeaturesV2|
		experimental.CoreFeaturesTailCall|experimental.CoreFeaturesExtendedConst|experimental.CoreFeaturesExceptionHandling|
		experimental.CoreFeaturesThreads|experimental.CoreFeaturesTypedFunctionReferences))
	defer r.Close(ctx)
	var files []string
	for _, pattern := range []string{
		filepath.Join(sources(t, "github.com/tetratelabs/wazero"), "internal", "integration_test", "spectest", "*", "testdata", "*.wasm"),
		filepath.Join(sources(t, "github.com/extism/go-sdk"), "wasm", "*.wasm"),
	} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) < 10 {
			t.Fatalf("%s: %d files, %v", pattern, len(found), err)
		}
		files = append(files, found...)
	}
	accepted, extism := 0, 0
	for _, file := range files {
		wasm, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		in, err := InspectCode(wasm)
		code, rejected := r.CompileModule(ctx, wasm)
		if rejected != nil {
			continue // what an engine refuses may be readable
		}
		accepted++
		if err != nil {
			t.Errorf("%s: the engine accepts it: %v", filepath.Base(file), err)
			continue
		}
		if in.UnknownCode != "" {
			t.Errorf("%s: %s", filepath.Base(file), in.UnknownCode)
		}
		funcs, imports := 0, 0
		for _, e := range in.Exports {
			if def := code.ExportedFunctions()[e.Name]; e.Kind == "func" {
				funcs++
				if def == nil || len(def.ParamTypes()) > 0 == strings.HasPrefix(e.Type, "()") {
					t.Errorf("%s: export %q is %s", filepath.Base(file), e.Name, e.Type)
				}
			}
		}
		for _, i := range in.Imports {
			if i.Kind == "func" {
				imports++
			}
		}
		if funcs != len(code.ExportedFunctions()) || imports != len(code.ImportedFunctions()) {
			t.Errorf("%s: %d exported and %d imported functions, the engine says %d and %d",
				filepath.Base(file), funcs, imports, len(code.ExportedFunctions()), len(code.ImportedFunctions()))
		}
		if _, ok := in.ABI(ABIExtism); ok {
			extism++
		}
		if err := in.Text(io.Discard, Limits{}); err != nil {
			t.Error(err)
		}
		if err := code.Close(ctx); err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d files, %d accepted by the engine, %d Extism plugins", len(files), accepted, extism)
	if accepted < 2000 || extism < 10 {
		t.Error("the corpus contains less than it should")
	}
}

// TestGoProgram reads a program that the Go compiler has built.
func TestGoProgram(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte("package main\n\nfunc main() { println(1) }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "main.wasm")
	build := exec.Command("go", "build", "-o", out, filepath.Join(dir, "main.go"))
	build.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	if msg, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, msg)
	}
	wasm, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	in := mustInspect(t, wasm)
	if in.WASI != "wasip1" || in.StackABI() != "wasi" || !in.madeBy("Go") || in.MemoryMinimum() < 1<<20 {
		t.Errorf("got WASI %s, ABI %s, %v, %d bytes", in.WASI, in.StackABI(), in.Producers, in.MemoryMinimum())
	}
	if f, _ := in.Fit("wazero", Limits{}); !f.Events {
		t.Errorf("got %+v", f)
	}
}
