// SPDX-License-Identifier: Apache-2.0

// Package sandbox runs WebAssembly modules on wazero within limits: memory,
// time and output. Guests get no files, no network and no environment beyond
// what they are given.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/helm-wasm/helm-wasm/internal/deadline"
)

// pageSize is WebAssembly's.
const pageSize = 64 << 10

// startLimit is the least time an instance gets for its own start, which is
// not a call.
const startLimit = 10 * time.Second

// Limits of one instance.
type Limits struct {
	Memory  uint64 // bytes of linear memory
	Timeout time.Duration
	Output  int // bytes one call may return
}

// Config of a sandbox.
type Config struct {
	Limits   Limits
	CacheDir string // compiled code; empty keeps it in memory only
	Logger   *slog.Logger
}

// A Sandbox holds one runtime; limits are the same for all of its instances.
type Sandbox struct {
	Limits   Limits
	Logger   *slog.Logger
	Runtime  wazero.Runtime
	cache    wazero.CompilationCache
	watchdog *deadline.Watchdog
}

// New makes a sandbox with a runtime. It fails when the cache directory
// cannot be used.
func New(ctx context.Context, cfg Config) (*Sandbox, error) {
	s, config, err := Bare(cfg)
	if err != nil {
		return nil, err
	}
	s.Runtime = wazero.NewRuntimeWithConfig(ctx, config)
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, s.Runtime); err != nil {
		return nil, fmt.Errorf("providing WASI: %w", err)
	}
	return s, nil
}

// features are what wazero can do and package wasmbin reports to users, without
// threads: an instance works on one event at a time.
const features = api.CoreFeaturesV2 | experimental.CoreFeaturesTailCall | experimental.CoreFeaturesExtendedConst |
	experimental.CoreFeaturesExceptionHandling | experimental.CoreFeaturesTypedFunctionReferences

// Bare makes a sandbox without a runtime, for those who make their own from
// the configuration that comes with it. Close the runtime before the sandbox.
func Bare(cfg Config) (*Sandbox, wazero.RuntimeConfig, error) {
	if !deadline.Supported() {
		return nil, nil, fmt.Errorf("limiting time: %s has no WebAssembly compiler; amd64 and arm64 have one", runtime.GOARCH)
	}
	config := wazero.NewRuntimeConfigCompiler().WithCoreFeatures(features).WithCustomSections(false).WithDebugInfoEnabled(false)
	if cfg.Limits.Memory > 0 {
		config = config.WithMemoryLimitPages(uint32(min(cfg.Limits.Memory/pageSize, 1<<16)))
	}
	cache := wazero.NewCompilationCache()
	if cfg.CacheDir != "" {
		var err error
		if cache, err = wazero.NewCompilationCacheWithDir(cfg.CacheDir); err != nil {
			return nil, nil, fmt.Errorf("opening compilation cache %q: %w", cfg.CacheDir, err)
		}
	}
	s := &Sandbox{Limits: cfg.Limits, Logger: cfg.Logger, cache: cache, watchdog: deadline.NewWatchdog()}
	return s, config.WithCompilationCache(cache), nil
}

// Prepare adds the checks of the time limit to a module.
func Prepare(wasm []byte) ([]byte, error) { return deadline.Instrument(wasm) }

// Compile prepares a module for instances. The code that runs is the given
// module's with checks of the time limit added.
func (s *Sandbox) Compile(ctx context.Context, wasm []byte) (module wazero.CompiledModule, err error) {
	defer func() { // wazero's validation panics on some broken modules
		if r := recover(); r != nil {
			err = fmt.Errorf("compiling module: it is broken, and the engine gives up on it: %v", r)
		}
	}()
	prepared, err := Prepare(wasm)
	if err != nil {
		return nil, err
	}
	module, err = s.Runtime.CompileModule(ctx, prepared)
	if err != nil {
		return nil, fmt.Errorf("compiling module: %w", err)
	}
	if err := s.checkMemory(module); err != nil {
		return nil, err
	}
	return module, nil
}

func (s *Sandbox) checkMemory(module wazero.CompiledModule) error {
	if s.Limits.Memory == 0 {
		return nil
	}
	for _, memory := range module.ExportedMemories() {
		if need := uint64(memory.Min()) * pageSize; need > s.Limits.Memory {
			return fmt.Errorf(
				"the module needs %d MiB of memory to start, more than limits.memory (%d MiB): raise limits.memory",
				need>>20, s.Limits.Memory>>20,
			)
		}
	}
	return nil
}

// StartLimit returns the time an instance has for its start.
func (s *Sandbox) StartLimit() time.Duration { return max(startLimit, s.Limits.Timeout) }

// ModuleConfig returns the base configuration of an instance: true time and
// randomness, no start function, and a sleep that ends with the call's time.
func ModuleConfig(clock *Clock) wazero.ModuleConfig {
	return wazero.NewModuleConfig().
		WithName("").
		WithStartFunctions().
		WithSysWalltime().
		WithSysNanotime().
		WithNanosleep(clock.sleep).
		WithRandSource(random{})
}

// MemoryOf describes how much of its memory limit an instance uses, once that is
// worth mentioning.
func (s *Sandbox) MemoryOf(mod api.Module) (full bool, text string) {
	if mod == nil || mod.Memory() == nil || s.Limits.Memory == 0 {
		return false, ""
	}
	used := uint64(mod.Memory().Size())
	if used*4 < s.Limits.Memory*3 {
		return false, ""
	}
	return used*20 >= s.Limits.Memory*19, fmt.Sprintf("%d of limits.memory %d MiB in use", used>>20, s.Limits.Memory>>20)
}

// Close frees the runtime with all instances, and the cache.
func (s *Sandbox) Close(ctx context.Context) error {
	var err error
	if s.Runtime != nil {
		err = s.Runtime.Close(ctx)
	}
	s.watchdog.Close()
	return errors.Join(err, s.cache.Close(ctx))
}
