// SPDX-License-Identifier: Apache-2.0

package command

import (
	"context"
	"fmt"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/runner"
	"github.com/helm-wasm/helm-wasm/internal/version"
)

// Where the chart mounts things.
const (
	configFile  = "/etc/wasm-runner/runner.yaml"
	topicsFile  = "/etc/wasm-runner/topics.yaml"
	checkFile   = "/etc/wasm-runner/check.yaml"
	scalerFile  = "/etc/wasm-runner/scaler.yaml"
	kafkaFile   = "/etc/wasm-runner/kafka.yaml"
	secretsDir  = "/etc/wasm-pull-secrets"
	cacheDir    = "/var/cache/wasm-runner"
	precompiled = "/usr/share/wasm-runner/precompiled"
)

func run(ctx context.Context, env Env, args []string) error {
	set := flags(env, "run")
	config := configFlag(set, configFile, kafkaFile)
	cache := set.String("cache-dir", existing(cacheDir), "`directory` for compiled code; empty keeps it in memory")
	seed := set.String("precompiled-dir", existing(precompiled),
		"read-only `directory` with code that `wasm-runner compile` made, used before --cache-dir")
	secrets := set.String("pull-secrets", existing(secretsDir), "`directory` with pull secrets of registries")
	grace := set.Duration("grace-period", 25*time.Second, "longest `time` to finish events in flight on SIGTERM")
	protocol := set.String("group-protocol", "auto", "`protocol` of the consumer group: auto (KIP-848 if the brokers have it) or classic")
	transact := set.String("transactional-id", "",
		"`name` of the producer with delivery exactly-once, unique among replicas (default: consumer group and host name)")
	host := set.String("admin-host", "", "`address` that /metrics and probes listen on (default: all)")
	if err := parse(set, args); err != nil {
		return err
	}
	if *protocol != "auto" && *protocol != "classic" {
		return usageError{fmt.Errorf("--group-protocol is %q; allowed are auto, classic", *protocol)}
	}
	cfg, err := runner.LoadConfig(config.paths()...)
	if err != nil {
		return err
	}
	boundMemory(env.Getenv, "/sys/fs/cgroup")
	log := logger(env, cfg.LogLevel)
	log.Info("starting", "version", version.Version, "function", cfg.Name)
	r, err := runner.New(cfg,
		runner.WithLogger(log), runner.WithCacheDir(*cache), runner.WithPrecompiledDir(*seed), runner.WithDockerConfig(*secrets),
		runner.WithGrace(*grace), runner.WithGetenv(env.Getenv), runner.WithStart(env.Start),
		runner.WithGroupProtocol(*protocol), runner.WithTransactionalID(*transact), runner.WithAdminHost(*host))
	if err != nil {
		return err
	}
	if err := r.Run(ctx); err != nil {
		return err
	}
	log.Info("stopped")
	return nil
}
