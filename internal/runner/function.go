// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/runner/sandbox"
	"github.com/helm-wasm/helm-wasm/runner/abi"
	"github.com/helm-wasm/helm-wasm/runner/abi/extism"
	"github.com/helm-wasm/helm-wasm/runner/abi/http"
	"github.com/helm-wasm/helm-wasm/runner/abi/redpanda"
	"github.com/helm-wasm/helm-wasm/runner/abi/wasi"
)

// defaultExport is what an Extism function is called unless module.function
// says otherwise.
const defaultExport = "handle"

// open prepares a module for its ABI; with abi auto the binary decides.
func (s *settings) open(ctx context.Context, wasm []byte, cacheDir string, logger *slog.Logger) (abi.Function, string, error) {
	kind := s.ABI
	if kind == "http" {
		return http.New(http.Config{URL: s.url(), Timeout: s.limits.Timeout, Output: s.limits.Output}), kind, nil
	}
	kind, why, err := s.detect(wasm)
	if err != nil {
		return nil, "", err
	}
	logger.Info("abi decided", "abi", kind, "why", why)
	config := sandbox.Config{Limits: s.limits, CacheDir: cacheDir, Logger: logger}
	var function abi.Function
	switch kind {
	case "extism":
		function, err = extism.New(ctx, config, wasm, extism.Config{Export: s.export(), Values: s.Config})
	default:
		var box *sandbox.Sandbox
		if box, err = sandbox.New(ctx, config); err != nil {
			return nil, "", err
		}
		if kind == "redpanda" {
			function, err = redpanda.New(ctx, box, wasm, redpanda.Config{InputTopic: s.Source.Topic, OutputTopics: s.outputs, Env: s.Config})
		} else {
			function, err = wasi.New(ctx, box, wasm, wasi.Config{Env: s.Config})
		}
	}
	if err != nil {
		return nil, "", err
	}
	return function, kind, nil
}

func (s *settings) export() string {
	if s.Module.Function != "" {
		return s.Module.Function
	}
	return defaultExport
}

func (s *settings) url() string {
	path := "/" + strings.TrimPrefix(s.HTTP.Path, "/")
	return fmt.Sprintf("http://127.0.0.1:%d%s", s.HTTP.Port, path)
}
