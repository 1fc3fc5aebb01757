// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"fmt"
	"math"
	"runtime/debug"
	"strings"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/runner/config"
	"github.com/helm-wasm/helm-wasm/internal/runner/settings"
)

// LoadHostConfig reads and checks a host's configuration, like LoadConfig.
func LoadHostConfig(paths ...string) (contract.HostConfig, error) {
	var cfg contract.HostConfig
	if err := config.Load(paths, &cfg); err != nil {
		return cfg, err
	}
	if err := checkHost(cfg); err != nil {
		return cfg, fmt.Errorf("checking configuration %q: %w", strings.Join(paths, ", "), err)
	}
	return cfg, nil
}

// checkHost checks what is the host's own, and that its functions can live
// together. What is wrong with one function is that function's matter.
func checkHost(cfg contract.HostConfig) error {
	var c config.Checker
	c.Require("name", cfg.Name)
	c.OneOf("logLevel", cfg.LogLevel, "", "debug", "info", "warn", "error")
	c.Range("adminPort", cfg.AdminPort, 0, 65535)
	c.Bytes("memoryBudget", cfg.MemoryBudget, 0, budgetMin, 1<<40)
	c.Kafka("kafka", cfg.Kafka)
	seen := map[string]int{}
	for i, f := range cfg.Functions {
		field := fmt.Sprintf("functions[%d]", i)
		c.Require(field+".name", f.Name)
		if first, twice := seen[f.Name]; twice {
			c.Add(field+".name", fmt.Sprintf("is %q, as that of functions[%d]: names are unique in a host", f.Name, first))
		}
		seen[f.Name] = i
		c.Range(field+".weight", f.Weight, 0, 1000)
		if len(f.Kafka.BootstrapServers) > 0 {
			c.Add(field+".kafka", "is the host's: remove it")
		}
		if f.AdminPort != 0 {
			c.Add(field+".adminPort", "is the host's: remove it")
		}
		if f.ABI == "http" {
			c.Add(field+".abi", "is http, which runs in a container of its own beside the runner: take the function out of the host")
		}
	}
	return c.Err()
}

// budgetMin is the least memory budget of a host.
const budgetMin = 8 << 20

// memoryBudget is what functions may take together: what the configuration says,
// else two thirds of the memory limit of this process, else anything.
func memoryBudget(cfg contract.HostConfig) int64 {
	if cfg.MemoryBudget != "" {
		n, _ := config.ParseBytes(cfg.MemoryBudget) // checked before
		return n
	}
	if limit := debug.SetMemoryLimit(-1); limit < math.MaxInt64 {
		return limit / 3 * 2
	}
	return 0
}

// resolveHosted checks a function of a host.
func resolveHosted(host contract.HostConfig, f contract.HostFunction) (settings.Settings, error) {
	f.Kafka, f.LogLevel = host.Kafka, host.LogLevel
	s, err := settings.Resolve(f.RunnerConfig)
	if err != nil {
		return s, fmt.Errorf("checking configuration of function %q: %w", f.Name, err)
	}
	return s, nil
}
