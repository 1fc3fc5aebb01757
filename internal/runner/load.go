// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"errors"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/runner/backoff"
	"github.com/helm-wasm/helm-wasm/internal/runner/function"
	"github.com/helm-wasm/helm-wasm/internal/runner/module"
	"github.com/helm-wasm/helm-wasm/internal/runner/processor"
	"github.com/helm-wasm/helm-wasm/runner/abi"
)

// Compile puts a module's machine code for this CPU into a cache directory, from
// which a runner of the same version starts without compiling. It returns the
// ABI that it decided on.
func Compile(ctx context.Context, wasm []byte, kind, export, cacheDir string) (string, error) {
	return function.Compile(ctx, wasm, kind, export, cacheDir)
}

// load fetches and compiles the module, gives it to the processor, and starts one
// instance, which shows what is wrong with a module before an event does. It
// returns the module's digest. In a host the function sleeps then.
func (r *Runner) load(ctx context.Context, events *processor.Processor) (string, error) {
	if r.options.function != nil {
		events.Use(r.options.function)
		return "", nil
	}
	wasm, digest := r.options.module, ""
	if wasm == nil && r.settings.ABI != "http" {
		source := module.Source{Image: r.settings.Module.Image, Path: r.settings.Module.Path, DockerConfig: r.options.dockerDir}
		var err error
		if wasm, err = r.fetch(ctx, source); err != nil {
			return "", err
		}
	}
	if wasm != nil {
		digest = module.Digest(wasm)
	}
	r.metrics.Phase("module", r.options.began)
	if err := function.Seed(r.options.cacheDir, r.options.seed); err != nil {
		r.logger.Warn("precompiled code is not used", "error", err.Error())
	}
	if err := r.open(ctx, events, wasm); err != nil {
		return "", err
	}
	r.metrics.Phase("instance", r.options.began)
	r.logger.Info("function loaded", "abi", r.kind, "digest", digest, "after", time.Since(r.options.began).Round(time.Millisecond).String())
	return digest, nil
}

// open compiles the module and starts one instance.
func (r *Runner) open(ctx context.Context, events *processor.Processor, wasm []byte) error {
	if r.host != nil {
		return r.settle(ctx, events, wasm)
	}
	opened, err := r.compile(ctx, wasm)
	if err != nil {
		return err
	}
	r.metrics.Phase("compiled", r.options.began)
	r.metrics.Awake.Set(1)
	events.Use(opened)
	if err := events.Warm(ctx); err != nil {
		return errors.Join(err, events.Close(ctx))
	}
	return nil
}

// compile makes the function from its module, or loads what was compiled before.
func (r *Runner) compile(ctx context.Context, wasm []byte) (abi.Function, error) {
	cacheDir := r.options.cacheDir
	if cacheDir == "" {
		cacheDir = r.options.seed
	}
	s := r.settings
	if r.kind != "" {
		s.ABI = r.kind // decided before
	}
	opened, kind, err := function.Open(ctx, &s, wasm, cacheDir, r.logger)
	if err != nil {
		return nil, err
	}
	r.kind = kind
	r.metrics.ABI(kind)
	return opened, nil
}

// fetch reads the module, and waits for a registry that does not answer.
func (r *Runner) fetch(ctx context.Context, source module.Source) ([]byte, error) {
	defer r.conditions.Clear("module")
	for try := 0; ; try++ {
		wasm, err := source.Fetch(ctx)
		if err == nil || ctx.Err() != nil || !module.Temporary(err) {
			return wasm, err
		}
		r.conditions.Block("module", err.Error())
		if err := backoff.Sleep(ctx, backoff.Delay(500*time.Millisecond, 30*time.Second, try)); err != nil {
			return nil, err
		}
	}
}
