// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// add makes two replicas of a runner or host.
func (c *chaos) add(command, name string, cfg any) {
	text, err := json.Marshal(cfg)
	if err != nil {
		c.t.Fatal(err)
	}
	file := filepath.Join(c.dir, name+".yaml")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		c.t.Fatal(err)
	}
	for replica := range 2 {
		c.runners = append(c.runners, &chaosRunner{c: c, command: command, name: fmt.Sprintf("%s-%d", name, replica), config: file})
	}
}

// host is a host of functions.
func (c *chaos) host(functions ...contract.RunnerConfig) contract.HostConfig {
	cfg := contract.HostConfig{Name: "host", Kafka: functions[0].Kafka, LogLevel: functions[0].LogLevel}
	for _, f := range functions {
		f.Kafka, f.LogLevel = contract.RunnerKafka{}, ""
		cfg.Functions = append(cfg.Functions, contract.HostFunction{RunnerConfig: f})
	}
	return cfg
}

var buildRunner = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(cacheDir, "wasm-runner")
	if text, err := exec.Command("go", "build", "-o", binary, "../../cmd/wasm-runner").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, text)
	}
	return binary, nil
})

// runnerBinary builds cmd/wasm-runner, once for all tests.
func runnerBinary(t *testing.T) string {
	t.Helper()
	binary, err := buildRunner()
	if err != nil {
		t.Fatalf("building wasm-runner: %v", err)
	}
	return binary
}

func (c *chaos) config(module, name, from, to string) contract.RunnerConfig {
	return contract.RunnerConfig{
		Name: name, Module: contract.RunnerModule{Path: module}, ABI: "redpanda",
		Source:   schema.Source{Topic: from, ConsumerGroup: "chaos." + name, OffsetResetPolicy: "earliest"},
		Sink:     schema.Sink{Topic: to},
		Delivery: c.delivery,
		OnError:  schema.OnError{Retries: 5, Backoff: "50ms", MaxBackoff: "1s", Action: "block"},
		Kafka:    contract.RunnerKafka{BootstrapServers: []string{c.addr}},
		LogLevel: "warn",
	}
}
