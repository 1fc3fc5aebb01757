// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/guestbuild"
	"github.com/helm-wasm/helm-wasm/internal/kafkatest"
	"github.com/helm-wasm/helm-wasm/runner/check"
	"github.com/helm-wasm/helm-wasm/runner/topics"
	"github.com/helm-wasm/helm-wasm/stack"
)

// TestRealKafka covers what a fake broker does not show: what a real one says
// to wrong credentials, the topics and check jobs, and the cold start.
func TestRealKafka(t *testing.T) {
	broker := kafkatest.Start(t)
	plain := stack.RunnerKafka{BootstrapServers: []string{broker.Addr}}
	none := func(string) string { return "" }
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	quiet := slog.New(slog.DiscardHandler)

	t.Run("topics", func(t *testing.T) {
		wanted := map[string]stack.Topic{"in": {Partitions: 1}, "out": {Partitions: 1}, "tuned": {Partitions: 2, ReplicationFactor: 1, Config: map[string]any{"retention.ms": "60000"}}}
		changes, err := topics.Apply(ctx, stack.TopicsConfig{Create: true, Topics: wanted, Kafka: plain}, none, quiet)
		if err != nil || len(changes) != 3 {
			t.Fatalf("%v, %v", changes, err)
		}
		wanted["tuned"] = stack.Topic{Partitions: 4, Config: map[string]any{"retention.ms": "60000"}}
		wanted["wide"] = stack.Topic{ReplicationFactor: 3}
		changes, err = topics.Apply(ctx, stack.TopicsConfig{Create: true, Topics: wanted, Kafka: plain}, none, quiet)
		if err == nil || !strings.Contains(err.Error(), `topic "wide"`) || !strings.Contains(err.Error(), "INVALID_REPLICATION_FACTOR") {
			t.Errorf("error %v", err)
		}
		if len(changes) != 1 || !strings.HasPrefix(changes[0].Text, "partitions 2 -> 4") {
			t.Errorf("changes %v", changes)
		}
	})
	t.Run("credentials", func(t *testing.T) {
		cfg := stack.RunnerConfig{
			Name: "test", Module: stack.RunnerModule{Path: "given"}, ABI: "auto",
			Source: stack.Source{Topic: "in", ConsumerGroup: "credentials"}, Sink: stack.Sink{Topic: "out"},
			Kafka: stack.RunnerKafka{BootstrapServers: []string{broker.SASLAddr}},
		}
		for _, mechanism := range []string{"plain", "scram-sha-256"} {
			if err := connect(t, cfg, mechanism, "alice", "alice-secret"); err != nil {
				t.Errorf("%s: right credentials: %v", mechanism, err)
			}
			err := connect(t, cfg, mechanism, "alice", "not-it")
			if err == nil || !strings.Contains(err.Error(), "refuse the credentials") || strings.Contains(err.Error(), "not-it") {
				t.Errorf("%s: wrong password: %v", mechanism, err)
			}
		}
		if err := connect(t, cfg, "scram-sha-512", "alice", "alice-secret"); err == nil || !strings.Contains(err.Error(), "mechanism") {
			t.Errorf("mechanism that is not offered: %v", err)
		}
	})
	t.Run("check", func(t *testing.T) {
		cfg := check.Config{Topics: []string{"in"}, Consumers: map[string]check.Consumer{"f": {Topic: "in", ConsumerGroup: "credentials"}, "w": {Topic: "out"}}, Kafka: plain}
		lines, err := check.Run(ctx, cfg, none, quiet)
		if err != nil || !strings.Contains(strings.Join(lines, "\n"), "f: group credentials, lag 0, 1 partitions without a commit yet") {
			t.Errorf("%q, %v", lines, err)
		}
		cfg.Topics = append(cfg.Topics, "gone")
		if _, err := check.Run(ctx, cfg, none, quiet); err == nil || !strings.Contains(err.Error(), `topic "gone"`) {
			t.Errorf("missing topic: %v", err)
		}
	})
	t.Run("cold start", func(t *testing.T) { coldStart(t, broker) })
}

// coldStart measures the time from a process' start to its first event, with
// compiled code in the cache, and its memory.
func coldStart(t *testing.T, broker *kafkatest.Broker) {
	binary := runnerBinary(t)
	dir := t.TempDir()
	module := filepath.Join(dir, "mirror.wasm")
	if err := os.WriteFile(module, guestbuild.Command(t, mirror), 0o600); err != nil {
		t.Fatal(err)
	}
	cache := filepath.Join(dir, "cache")
	if text, err := exec.Command(binary, "compile", "--module", module, "--cache-dir", cache).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	client := broker.Client()
	defer client.Close()
	if err := client.ProduceSync(context.Background(), &kgo.Record{Topic: "in", Value: []byte("x")}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	phase := regexp.MustCompile(`wasm_runner_cold_start_seconds\{function="cold",phase="(\w+)"\} (\S+)`)
	for try := range 3 {
		config := fmt.Sprintf(`{name: cold, module: {path: %q}, abi: auto, source: {topic: in, consumerGroup: cold-%d}, sink: {topic: out}, delivery: at-least-once, onError: {retries: 0}, limits: {}, kafka: {bootstrapServers: [%q]}, adminPort: %d}`, module, try, broker.Addr, 19464+try)
		file := filepath.Join(dir, "runner.yaml")
		if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(binary, "--config", file, "--precompiled-dir", cache, "--cache-dir", "", "--admin-host", "127.0.0.1")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		page := ""
		eventually(t, "first event", func() bool {
			page = get(fmt.Sprintf("http://127.0.0.1:%d/metrics", 19464+try))
			return strings.Contains(page, `phase="first_event"`)
		})
		status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("the runner did not end well: %v", err)
		}
		phases := map[string]string{}
		for _, m := range phase.FindAllStringSubmatch(page, -1) {
			phases[m[1]] = m[2]
		}
		rss := regexp.MustCompile(`VmRSS:\s+(\d+ kB)`).FindStringSubmatch(string(status))
		t.Logf("cold start %d: seconds to module %s, compiled %s, instance %s, brokers %s, assigned %s, first event %s; resident %v", try, phases["module"], phases["compiled"], phases["instance"], phases["brokers"], phases["assigned"], phases["first_event"], rss[1:])
	}
}
