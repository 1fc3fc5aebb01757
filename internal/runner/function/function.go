// SPDX-License-Identifier: Apache-2.0

// Package function opens a module as the function that its ABI makes of it, and
// compiles modules ahead of time.
package function

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/runner/sandbox"
	"github.com/helm-wasm/helm-wasm/internal/runner/settings"
	"github.com/helm-wasm/helm-wasm/runner/abi"
	"github.com/helm-wasm/helm-wasm/runner/abi/extism"
	"github.com/helm-wasm/helm-wasm/runner/abi/http"
	"github.com/helm-wasm/helm-wasm/runner/abi/redpanda"
	"github.com/helm-wasm/helm-wasm/runner/abi/wasi"
)

// DefaultExport is the name of an Extism function's export, unless
// module.function gives another.
const DefaultExport = "handle"

// Open prepares a module for its ABI, which it returns; with abi auto the binary
// decides. Compiled code is kept in cacheDir, or in memory where that is empty.
func Open(ctx context.Context, s *settings.Settings, wasm []byte, cacheDir string, logger *slog.Logger) (abi.Function, string, error) {
	kind := s.ABI
	if kind == "http" {
		return http.New(http.Config{URL: address(s), Timeout: s.Bounds.Timeout, Output: s.Bounds.Output}), kind, nil
	}
	kind, why, err := detect(s, wasm)
	if err != nil {
		return nil, "", err
	}
	if s.ABI == "" || s.ABI == "auto" {
		logger.Info("abi decided", "abi", kind, "why", why)
	}
	config := sandbox.Config{Limits: s.Bounds, CacheDir: cacheDir, Logger: logger}
	var function abi.Function
	switch kind {
	case "extism":
		function, err = extism.New(ctx, config, wasm, extism.Config{Export: export(s), Values: s.Config})
	default:
		var box *sandbox.Sandbox
		if box, err = sandbox.New(ctx, config); err != nil {
			return nil, "", err
		}
		if kind == "redpanda" {
			function, err = redpanda.New(ctx, box, wasm,
				redpanda.Config{InputTopic: s.Source.Topic, OutputTopics: s.Outputs, Env: s.Config})
		} else {
			function, err = wasi.New(ctx, box, wasm, wasi.Config{Env: s.Config})
		}
	}
	if err != nil {
		return nil, "", err
	}
	return function, kind, nil
}

func export(s *settings.Settings) string {
	if s.Module.Function != "" {
		return s.Module.Function
	}
	return DefaultExport
}

func address(s *settings.Settings) string {
	path := "/" + strings.TrimPrefix(s.HTTP.Path, "/")
	return fmt.Sprintf("http://127.0.0.1:%d%s", s.HTTP.Port, path)
}
