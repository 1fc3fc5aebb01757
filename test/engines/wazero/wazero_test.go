// SPDX-License-Identifier: Apache-2.0

// Package wazero runs the commands on wazero, the runner's engine.
package wazero

import (
	"bytes"
	"context"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/helm-wasm/helm-wasm/test/engines"
)

func TestCommands(t *testing.T) {
	engines.TestCommands(t, func(t *testing.T, module, event []byte, env map[string]string) engines.Result {
		ctx := context.Background()
		runtime := wazero.NewRuntime(ctx)
		defer runtime.Close(ctx)
		wasi_snapshot_preview1.MustInstantiate(ctx, runtime)
		var stdout, stderr bytes.Buffer
		config := wazero.NewModuleConfig().WithArgs("command").
			WithStdin(bytes.NewReader(event)).WithStdout(&stdout).WithStderr(&stderr)
		for key, value := range env {
			config = config.WithEnv(key, value)
		}
		_, err := runtime.InstantiateWithConfig(ctx, module, config)
		return engines.Result{Stdout: stdout.Bytes(), Stderr: stderr.String(), Failed: err != nil}
	})
}
