// SPDX-License-Identifier: Apache-2.0

package command

import (
	"context"
	"fmt"
	"strings"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/runner/config"
	"github.com/helm-wasm/helm-wasm/internal/runner/scaler"
	"github.com/helm-wasm/helm-wasm/internal/version"
)

func scale(ctx context.Context, env Env, args []string) error {
	set := flags(env, "scaler")
	files := configFlag(set, scalerFile, kafkaFile)
	if err := parse(set, args); err != nil {
		return err
	}
	var cfg contract.ScalerConfig
	if err := config.Load(files.paths(), &cfg); err != nil {
		return err
	}
	if err := scaler.Check(cfg); err != nil {
		return fmt.Errorf("checking configuration %q: %w", strings.Join(files.paths(), ", "), err)
	}
	boundMemory(env.Getenv, "/sys/fs/cgroup")
	log := logger(env, cfg.LogLevel)
	log.Info("starting", "version", version.Version)
	if err := scaler.Run(ctx, cfg, env.Getenv, log); err != nil {
		return err
	}
	log.Info("stopped")
	return nil
}
