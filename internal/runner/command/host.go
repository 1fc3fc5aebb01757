// SPDX-License-Identifier: Apache-2.0

package command

import (
	"context"
	"flag"
	"fmt"
	"time"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/runner"
	"github.com/helm-wasm/helm-wasm/internal/version"
)

const hostFile = "/etc/wasm-runner/host.yaml"

// common are the flags of run and host.
type common struct {
	cache, seed, secrets, protocol, host *string
	grace                                *time.Duration
}

func commonFlags(set *flag.FlagSet) common {
	return common{
		cache: set.String("cache-dir", existing(cacheDir), "`directory` for compiled code; empty keeps it in memory"),
		seed: set.String("precompiled-dir", existing(precompiled),
			"read-only `directory` with code that `wasm-runner compile` made, used before --cache-dir"),
		secrets: set.String("pull-secrets", existing(secretsDir), "`directory` with pull secrets of registries"),
		grace:   set.Duration("grace-period", 25*time.Second, "longest `time` to finish events in flight on SIGTERM"),
		protocol: set.String("group-protocol", "auto",
			"`protocol` of the consumer group: auto (KIP-848 if the brokers have it) or classic"),
		host: set.String("admin-host", "", "`address` that /metrics and probes listen on (default: all)"),
	}
}

func (c common) check() error {
	if *c.protocol != "auto" && *c.protocol != "classic" {
		return usageError{fmt.Errorf("--group-protocol is %q; allowed are auto, classic", *c.protocol)}
	}
	return nil
}

func (c common) options(env Env) []runner.Option {
	return []runner.Option{
		runner.WithCacheDir(*c.cache), runner.WithPrecompiledDir(*c.seed), runner.WithDockerConfig(*c.secrets),
		runner.WithGrace(*c.grace), runner.WithGetenv(env.Getenv), runner.WithStart(env.Start),
		runner.WithGroupProtocol(*c.protocol), runner.WithAdminHost(*c.host),
	}
}

func runHost(ctx context.Context, env Env, args []string) error {
	set := flags(env, "host")
	config := configFlag(set, hostFile, kafkaFile)
	common := commonFlags(set)
	if err := parse(set, args); err != nil {
		return err
	}
	if err := common.check(); err != nil {
		return err
	}
	cfg, err := runner.LoadHostConfig(config.paths()...)
	if err != nil {
		return err
	}
	boundMemory(env.Getenv, "/sys/fs/cgroup")
	log := logger(env, cfg.LogLevel)
	log.Info("starting", "version", version.Version, "host", cfg.Name)
	h, err := runner.NewHost(cfg, append(common.options(env), runner.WithLogger(log),
		runner.WithReload(func() (contract.HostConfig, error) { return runner.LoadHostConfig(config.paths()...) }))...)
	if err != nil {
		return err
	}
	if err := h.Run(ctx); err != nil {
		return err
	}
	log.Info("stopped")
	return nil
}
