// SPDX-License-Identifier: Apache-2.0

package command

import (
	"context"

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
	common := commonFlags(set)
	transact := set.String("transactional-id", "",
		"`name` of the producer with delivery exactly-once, unique among replicas (default: consumer group and host name)")
	if err := parse(set, args); err != nil {
		return err
	}
	if err := common.check(); err != nil {
		return err
	}
	cfg, err := runner.LoadConfig(config.paths()...)
	if err != nil {
		return err
	}
	boundMemory(env.Getenv, "/sys/fs/cgroup")
	log := logger(env, cfg.LogLevel)
	log.Info("starting", "version", version.Version, "function", cfg.Name)
	r, err := runner.New(cfg, append(common.options(env), runner.WithLogger(log), runner.WithTransactionalID(*transact))...)
	if err != nil {
		return err
	}
	if err := r.Run(ctx); err != nil {
		return err
	}
	log.Info("stopped")
	return nil
}
