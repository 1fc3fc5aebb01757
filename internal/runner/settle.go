// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/runner/module"
	"github.com/helm-wasm/helm-wasm/internal/runner/processor"
	"github.com/helm-wasm/helm-wasm/internal/runner/sleep"
	"github.com/helm-wasm/helm-wasm/runner/abi"
)

// settle compiles the module of a host's function and starts one instance, when it
// is its turn to compile. Then the function sleeps until it has work.
func (r *Runner) settle(ctx context.Context, events *processor.Processor, wasm []byte) error {
	code := int64(len(wasm)) * sleep.CodeFactor
	if _, budget := r.host.keeper.Used(); budget > 0 && code+int64(r.settings.Bounds.Memory) > budget {
		return fmt.Errorf("the function may take %d MiB (limits.memory %d MiB, about %d MiB of machine code), more than "+
			"the host's memoryBudget of %d MiB: raise that, or lower limits.memory",
			(code+int64(r.settings.Bounds.Memory))>>20, r.settings.Bounds.Memory>>20, code>>20, budget>>20)
	}
	read, err := r.store(wasm)
	if err != nil {
		return err
	}
	sleeper := r.host.keeper.Function(sleep.Config{
		Code: code,
		Open: func(ctx context.Context) (abi.Function, error) {
			wasm, err := read(ctx)
			if err != nil {
				return nil, err
			}
			return r.compile(ctx, wasm)
		},
		Woke:   func(took time.Duration) { r.metrics.Wake.Observe(took.Seconds()) },
		Asleep: events.Drop,
		Changed: func(bytes int64) {
			r.metrics.Memory.Set(float64(bytes))
			r.metrics.Awake.Set(float64(min(bytes, 1)))
		},
	})
	events.Use(sleeper)
	if err := r.host.keeper.Compile(ctx, func() error { return events.Warm(ctx) }); err != nil {
		return errors.Join(err, events.Close(ctx))
	}
	r.metrics.Phase("compiled", r.options.began)
	r.sleeper.Store(sleeper)
	sleeper.Sleep()
	return nil
}

// store keeps the module where a function that wakes finds it: in its own file, or
// beside its machine code. Without a directory it stays in memory.
func (r *Runner) store(wasm []byte) (read func(context.Context) ([]byte, error), err error) {
	path := r.settings.Module.Path
	if r.options.module != nil || path == "" && r.options.cacheDir == "" {
		return func(context.Context) ([]byte, error) { return wasm, nil }, nil
	}
	if path == "" {
		dir := filepath.Join(r.options.cacheDir, "modules")
		path = filepath.Join(dir, strings.TrimPrefix(module.Digest(wasm), "sha256:")+".wasm")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, fmt.Errorf("keeping the module: %w", err)
		}
		// By its digest, so whoever writes it writes the same; by renaming, so
		// that nobody reads half of it.
		part, err := os.CreateTemp(dir, "part-")
		if err != nil {
			return nil, fmt.Errorf("keeping the module: %w", err)
		}
		_, err = part.Write(wasm)
		if err = errors.Join(err, part.Close(), os.Rename(part.Name(), path)); err != nil {
			return nil, fmt.Errorf("keeping the module: %w", err)
		}
	}
	return module.Source{Path: path}.Fetch, nil
}
