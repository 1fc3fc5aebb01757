// SPDX-License-Identifier: Apache-2.0

// Package runner runs the cases of the other engines on the project's own runner, and
// chains the sample functions over Kafka.
package runner

import (
	"context"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/sandbox"
	"github.com/helm-wasm/helm-wasm/runner/abi/wasi"
	"github.com/helm-wasm/helm-wasm/test/engines"
)

func TestCommands(t *testing.T) {
	engines.TestCommands(t, func(t *testing.T, module, event []byte, env map[string]string) engines.Result {
		ctx := context.Background()
		logger, text := engines.Log()
		box, err := sandbox.New(ctx, sandbox.Config{
			Limits: sandbox.Limits{Memory: 64 << 20, Timeout: time.Minute, Output: 1 << 20}, CacheDir: engines.Cache(), Logger: logger,
		})
		if err != nil {
			t.Fatal(err)
		}
		function, err := wasi.New(ctx, box, module, wasi.Config{Env: env})
		if err != nil {
			t.Fatal(err)
		}
		defer function.Close(ctx)
		instance, err := function.Instance(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var stdout []byte
		err = instance.Process(ctx, []*kgo.Record{{Value: event, Timestamp: time.Now()}}, func(outputs []*kgo.Record) {
			for _, o := range outputs {
				stdout = append(stdout, o.Value...)
			}
		})
		return engines.Result{Stdout: stdout, Stderr: text(), Failed: err != nil}
	})
}
