// SPDX-License-Identifier: Apache-2.0

// Package engines runs the sample functions as WebAssembly on engines that others made,
// unchanged: wazero, Wasmtime, Wasmer, Extism's SDK, jco, and the hosts of Dapr's and
// Istio's filters. `make functions` builds what it runs.
//
// The engines have a directory each, since Wasmtime and Wasmer both define the
// symbols of the C API and cannot be linked into one program.
package engines

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// Root returns the repository's directory.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// Path returns where a sample function's module is, and fails the test if it was not
// built.
func Path(t testing.TB, function string) string {
	t.Helper()
	path := filepath.Join(Root(), "build", "functions", function+".wasm")
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%v: run `make functions` first", err)
	}
	return path
}

// Module returns a sample function's module.
func Module(t testing.TB, function string) []byte {
	t.Helper()
	return read(t, Path(t, function))
}

// Testdata returns a file of a sample function's testdata.
func Testdata(t testing.TB, function, name string) []byte {
	t.Helper()
	return read(t, filepath.Join(Root(), "wasm-plugins", "functions", function, "testdata", name))
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
