// SPDX-License-Identifier: Apache-2.0

package function

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/runner/settings"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// Compile puts a module's machine code for this CPU into a cache directory, from
// which a runner of the same version starts without compiling. It returns the
// ABI that it decided on.
func Compile(ctx context.Context, wasm []byte, kind, export, cacheDir string) (string, error) {
	s, err := settings.Resolve(contract.RunnerConfig{
		Name: "compile", ABI: kind, Module: contract.RunnerModule{Path: "given", Function: export},
		Source: schema.Source{Topic: "none", ConsumerGroup: "none"},
		Limits: schema.Limits{Memory: "4Gi"},
		Kafka:  contract.RunnerKafka{BootstrapServers: []string{"none:0"}},
	})
	if err != nil {
		return "", err
	}
	if kind == "http" {
		return "", errors.New("a function of abi http is not run here: there is nothing to compile")
	}
	opened, decided, err := Open(ctx, &s, wasm, cacheDir, slog.New(slog.DiscardHandler))
	if err != nil {
		return "", err
	}
	return decided, opened.Close(ctx)
}

// Seed makes precompiled code usable from the cache directory. It links the
// files: they are named by content and never rewritten.
func Seed(cacheDir, precompiled string) error {
	if precompiled == "" || cacheDir == "" {
		return nil
	}
	err := filepath.WalkDir(precompiled, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(precompiled, path)
		if err != nil {
			return err
		}
		target := filepath.Join(cacheDir, name)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := os.Symlink(path, target); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("using precompiled code: %w", err)
	}
	return nil
}
