// SPDX-License-Identifier: Apache-2.0

// Package wasmtime runs the commands on Wasmtime, the engine of runwasi's
// wasmtime shim and of Spin.
package wasmtime

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/bytecodealliance/wasmtime-go/v40"

	"github.com/helm-wasm/helm-wasm/test/engines"
)

func TestCommands(t *testing.T) {
	engine := wasmtime.NewEngine()
	engines.TestCommands(t, func(t *testing.T, binary, event []byte, env map[string]string) engines.Result {
		module, err := wasmtime.NewModule(engine, binary)
		if err != nil {
			t.Fatal(err)
		}
		// The C API takes files for the standard streams.
		dir := t.TempDir()
		stdin, stdout, stderr := filepath.Join(dir, "in"), filepath.Join(dir, "out"), filepath.Join(dir, "err")
		if err := os.WriteFile(stdin, event, 0o600); err != nil {
			t.Fatal(err)
		}
		config := wasmtime.NewWasiConfig()
		config.SetArgv([]string{"command"})
		var keys, values []string
		for key, value := range env {
			keys, values = append(keys, key), append(values, value)
		}
		config.SetEnv(keys, values)
		if err := errors.Join(config.SetStdinFile(stdin), config.SetStdoutFile(stdout), config.SetStderrFile(stderr)); err != nil {
			t.Fatal(err)
		}
		store := wasmtime.NewStore(engine)
		store.SetWasi(config)
		linker := wasmtime.NewLinker(engine)
		if err := linker.DefineWasi(); err != nil {
			t.Fatal(err)
		}
		instance, err := linker.Instantiate(store, module)
		if err != nil {
			t.Fatal(err)
		}
		_, err = instance.GetFunc(store, "_start").Call(store)
		failed := err != nil
		var exit *wasmtime.Error
		if errors.As(err, &exit) {
			if code, ok := exit.ExitStatus(); ok {
				failed = code != 0
			}
		}
		store.Close()
		output, err := os.ReadFile(stdout)
		if err != nil {
			t.Fatal(err)
		}
		message, err := os.ReadFile(stderr)
		if err != nil {
			t.Fatal(err)
		}
		return engines.Result{Stdout: output, Stderr: string(message), Failed: failed}
	})
}
