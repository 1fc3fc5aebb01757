// SPDX-License-Identifier: Apache-2.0

package command

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/kube"
	"github.com/helm-wasm/helm-wasm/internal/runner"
	"github.com/helm-wasm/helm-wasm/internal/runner/check"
	"github.com/helm-wasm/helm-wasm/internal/runner/config"
	"github.com/helm-wasm/helm-wasm/internal/runner/teardown"
	"github.com/helm-wasm/helm-wasm/internal/runner/topics"
)

// load reads configuration files and checks their Kafka section.
func load(paths []string, into any, kafka *contract.RunnerKafka) error {
	if err := config.Load(paths, into); err != nil {
		return err
	}
	var c config.Checker
	c.Kafka("kafka", *kafka)
	if err := c.Err(); err != nil {
		return fmt.Errorf("checking configuration %q: %w", strings.Join(paths, ", "), err)
	}
	return nil
}

func createTopics(ctx context.Context, env Env, args []string) error {
	set := flags(env, "topics")
	files := configFlag(set, topicsFile, kafkaFile)
	timeout := set.Duration("timeout", 10*time.Minute, "longest `time` to wait for brokers")
	if err := parse(set, args); err != nil {
		return err
	}
	var cfg contract.TopicsConfig
	if err := load(files.paths(), &cfg, &cfg.Kafka); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, *timeout)
	defer cancel()
	changes, err := topics.Apply(ctx, cfg, env.Getenv, logger(env, "info"))
	for _, change := range changes {
		mark := "done"
		if !change.Done {
			mark = "differs"
		}
		fmt.Fprintf(env.Stdout, "%-8s topic %s: %s\n", mark, change.Topic, change.Text)
	}
	if err == nil {
		fmt.Fprintf(env.Stdout, "%d topics exist\n", len(cfg.Topics))
	}
	return err
}

func checkStack(ctx context.Context, env Env, args []string) error {
	set := flags(env, "check")
	files := configFlag(set, checkFile, kafkaFile)
	timeout := set.Duration("timeout", 2*time.Minute, "longest `time` to wait for brokers")
	if err := parse(set, args); err != nil {
		return err
	}
	var cfg check.Config
	if err := load(files.paths(), &cfg, &cfg.Kafka); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, *timeout)
	defer cancel()
	lines, err := check.Run(ctx, cfg, env.Getenv, logger(env, "info"))
	for _, line := range lines {
		fmt.Fprintln(env.Stdout, line)
	}
	return err
}

func tearDown(ctx context.Context, env Env, args []string) error {
	set := flags(env, "teardown")
	namespace := set.String("namespace", "", "`namespace` of the release")
	selector := set.String("selector", "", "label `selector` of the release's objects")
	timeout := set.Duration("timeout", 2*time.Minute, "longest `time` to wait for KEDA's operator")
	if err := parse(set, args); err != nil {
		return err
	}
	if *namespace == "" || *selector == "" {
		return usageError{fmt.Errorf("--namespace and --selector are required")}
	}
	client, err := kube.InCluster(env.Getenv, kube.TokenDir)
	if err != nil {
		return err
	}
	return teardown.Run(ctx, client,
		teardown.Options{Namespace: *namespace, Selector: *selector, Timeout: *timeout, Logger: logger(env, "info")})
}

func compile(ctx context.Context, env Env, args []string) error {
	set := flags(env, "compile")
	module := set.String("module", "", "`file` of the module")
	abi := set.String("abi", "auto", "`abi` that the module will use")
	function := set.String("function", "handle", "exported `function`, for abi extism")
	dir := set.String("cache-dir", "", "`directory` for the compiled code")
	if err := parse(set, args); err != nil {
		return err
	}
	if *module == "" || *dir == "" {
		return usageError{fmt.Errorf("--module and --cache-dir are required")}
	}
	wasm, err := os.ReadFile(*module)
	if err != nil {
		return fmt.Errorf("reading module: %w", err)
	}
	start := time.Now()
	kind, err := runner.Compile(ctx, wasm, *abi, *function, *dir)
	if err != nil {
		return err
	}
	fmt.Fprintf(env.Stdout, "compiled %s (abi %s) into %s in %s\n", *module, kind, *dir, time.Since(start).Round(time.Millisecond))
	return nil
}
