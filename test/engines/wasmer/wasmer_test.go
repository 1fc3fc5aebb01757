// SPDX-License-Identifier: Apache-2.0

// Package wasmer runs the commands on Wasmer.
package wasmer

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/wasmerio/wasmer-go/wasmer"

	"github.com/helm-wasm/helm-wasm/test/engines"
)

// Wasmer's Go API can only inherit stdin, so the test's own program runs the
// module in a second process.
const moduleVariable = "ENGINES_WASMER_MODULE"

func TestMain(m *testing.M) {
	path := os.Getenv(moduleVariable)
	if path == "" {
		os.Exit(m.Run())
	}
	if err := command(path); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func command(path string) error {
	binary, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	store := wasmer.NewStore(wasmer.NewEngine())
	module, err := wasmer.NewModule(store, binary)
	if err != nil {
		return fmt.Errorf("compiling: %w", err)
	}
	builder := wasmer.NewWasiStateBuilder("command").InheritStdin().InheritStdout().InheritStderr()
	if value, ok := os.LookupEnv("GREETING"); ok {
		builder.Environment("GREETING", value)
	}
	environment, err := builder.Finalize()
	if err != nil {
		return fmt.Errorf("setting WASI up: %w", err)
	}
	imports, err := environment.GenerateImportObject(store, module)
	if err != nil {
		return fmt.Errorf("importing WASI: %w", err)
	}
	instance, err := wasmer.NewInstance(module, imports)
	if err != nil {
		return fmt.Errorf("instantiating: %w", err)
	}
	start, err := instance.Exports.GetWasiStartFunction()
	if err != nil {
		return err
	}
	_, err = start()
	return err
}

func TestCommands(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	engines.TestCommands(t, func(t *testing.T, module, event []byte, env map[string]string) engines.Result {
		path := filepath.Join(t.TempDir(), "module.wasm")
		if err := os.WriteFile(path, module, 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(self)
		cmd.Env = append(os.Environ(), moduleVariable+"="+path)
		for key, value := range env {
			cmd.Env = append(cmd.Env, key+"="+value)
		}
		var stdout, stderr bytes.Buffer
		cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(event), &stdout, &stderr
		err := cmd.Run()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		return engines.Result{Stdout: stdout.Bytes(), Stderr: stderr.String(), Failed: err != nil}
	})
}
