// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

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
