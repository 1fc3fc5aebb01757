// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/guestbuild"
	"github.com/helm-wasm/helm-wasm/internal/kafkatest"
	"github.com/helm-wasm/helm-wasm/internal/runner/check"
	"github.com/helm-wasm/helm-wasm/internal/runner/onerror"
	"github.com/helm-wasm/helm-wasm/internal/runner/topics"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// TestRealKafka covers what a fake broker does not show: what a real one answers
// to wrong credentials and certificates, the topics and check jobs, failures, and
// the cold start.
func TestRealKafka(t *testing.T) {
	broker := kafkatest.StartTLS(t)
	plain := contract.RunnerKafka{BootstrapServers: []string{broker.Addr}}
	none := func(string) string { return "" }
	ctx, cancel := context.WithTimeout(context.Background(), 2*guard)
	defer cancel()
	quiet := slog.New(slog.DiscardHandler)

	t.Run("topics", func(t *testing.T) {
		wanted := map[string]schema.Topic{
			"in": {Partitions: 1}, "out": {Partitions: 1},
			"tuned": {Partitions: 2, ReplicationFactor: 1, Config: map[string]any{"retention.ms": "60000"}},
		}
		changes, err := topics.Apply(ctx, contract.TopicsConfig{Create: true, Topics: wanted, Kafka: plain}, none, quiet)
		if err != nil || len(changes) != 3 {
			t.Fatalf("%v, %v", changes, err)
		}
		wanted["tuned"] = schema.Topic{Partitions: 4, Config: map[string]any{"retention.ms": "60000"}}
		wanted["wide"] = schema.Topic{ReplicationFactor: 3}
		changes, err = topics.Apply(ctx, contract.TopicsConfig{Create: true, Topics: wanted, Kafka: plain}, none, quiet)
		if err == nil || !strings.Contains(err.Error(), `topic "wide"`) || !strings.Contains(err.Error(), "INVALID_REPLICATION_FACTOR") {
			t.Errorf("error %v", err)
		}
		if len(changes) != 1 || !strings.HasPrefix(changes[0].Text, "partitions 2 -> 4") {
			t.Errorf("changes %v", changes)
		}
	})
	t.Run("credentials", func(t *testing.T) {
		cfg := contract.RunnerConfig{
			Name: "test", Module: contract.RunnerModule{Path: "given"}, ABI: "auto",
			Source: schema.Source{Topic: "in", ConsumerGroup: "credentials"}, Sink: schema.Sink{Topic: "out"},
			Kafka: contract.RunnerKafka{BootstrapServers: []string{broker.SASLAddr}},
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
		cfg := check.Config{
			Topics:    []string{"in"},
			Consumers: map[string]check.Consumer{"f": {Topic: "in", ConsumerGroup: "credentials"}, "w": {Topic: "out"}},
			Kafka:     plain,
		}
		lines, err := check.Run(ctx, cfg, none, quiet)
		if err != nil || !strings.Contains(strings.Join(lines, "\n"), "f: group credentials, lag 0, 1 partitions without a commit yet") {
			t.Errorf("%q, %v", lines, err)
		}
		cfg.Topics = append(cfg.Topics, "gone")
		if _, err := check.Run(ctx, cfg, none, quiet); err == nil || !strings.Contains(err.Error(), `topic "gone"`) {
			t.Errorf("missing topic: %v", err)
		}
	})
	// These have topics and groups of their own.
	t.Run("side by side", func(t *testing.T) {
		for _, delivery := range deliveries {
			t.Run("failures "+delivery, func(t *testing.T) {
				t.Parallel()
				realFailures(t, broker, delivery)
			})
		}
		t.Run("tls", func(t *testing.T) {
			t.Parallel()
			realTLS(t, broker)
		})
	})
	t.Run("cold start", func(t *testing.T) { coldStart(t, broker) })
}

// realFailures sends poison, results that the sink refuses and an event that
// blocks through a function.
func realFailures(t *testing.T, broker *kafkatest.Broker, delivery string) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*guard)
	defer cancel()
	client := broker.Client(kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerBatchMaxBytes(2_000_000))
	defer client.Close()
	name := func(s string) string { return s + "." + delivery }
	small := "2000"
	admin := kadm.NewClient(client)
	for topic, config := range map[string]map[string]*string{"source": nil, "results": {"max.message.bytes": &small}, "letters": nil} {
		if _, err := admin.CreateTopic(ctx, 2, 1, config, name(topic)); err != nil {
			t.Fatal(err)
		}
	}
	read := func(topic string, n int) map[string]*kgo.Record {
		t.Helper()
		reader := broker.Client(kgo.ConsumeTopics(name(topic)),
			kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchIsolationLevel(kgo.ReadCommitted()))
		defer reader.Close()
		got := map[string]*kgo.Record{}
		for len(got) < n && ctx.Err() == nil {
			reader.PollFetches(ctx).EachRecord(func(r *kgo.Record) {
				key := string(r.Value[:min(len(r.Value), 20)])
				if got[key] != nil {
					t.Errorf("twice %q", key)
				}
				got[key] = r
			})
		}
		if len(got) != n {
			t.Fatalf("topic %s: %d of %d records", name(topic), len(got), n)
		}
		return got
	}
	send := func(partition int32, values ...string) {
		t.Helper()
		for _, value := range values {
			if err := client.ProduceSync(ctx,
				&kgo.Record{Topic: name("source"), Partition: partition, Value: []byte(value)}).FirstErr(); err != nil {
				t.Fatal(err)
			}
		}
	}
	cfg := contract.RunnerConfig{
		Name: "test", Module: contract.RunnerModule{Path: "given"}, ABI: "auto", Delivery: delivery,
		Source:  schema.Source{Topic: name("source"), ConsumerGroup: name("g"), OffsetResetPolicy: "earliest"},
		Sink:    schema.Sink{Topic: name("results")},
		OnError: schema.OnError{Retries: 1, Backoff: "10ms", MaxBackoff: "200ms", DeadLetterTopic: name("letters")},
		Kafka:   contract.RunnerKafka{BootstrapServers: []string{broker.Addr}},
	}
	module := WithModule(guestbuild.Command(t, mirror))
	r, stop := start(t, cfg, module)
	send(0, "good 1", "fail on purpose", "big "+strings.Repeat("x", 5000), "fail large "+strings.Repeat("y", 1048400), "good 2")
	send(1, "good 3")
	read("results", 3)
	letters := read("letters", 3)
	for value, want := range map[string]string{
		"fail on purpose": "on purpose", "big " + strings.Repeat("x", 16): "refuses the result",
		"fail large " + strings.Repeat("y", 9): "transforming record failed",
	} {
		if letter := letters[value]; letter == nil || !strings.Contains(string(header(letter, onerror.HeaderError).Value), want) {
			t.Errorf("the letter of %q is %v", value, letter)
		} else if cut := header(letter, onerror.HeaderCut) != nil; cut != strings.HasPrefix(value, "fail large") {
			t.Errorf("%q: cut is %t", value, cut)
		}
	}
	eventually(t, "nothing is left of it", func() bool { return len(r.Health().List()) == 0 })
	if err := stop(); err != nil {
		t.Fatal(err)
	}

	cfg.OnError.Action, cfg.OnError.DeadLetterTopic = "block", ""
	r, stop = start(t, cfg, module)
	send(0, "good 4", "fail forever", "behind")
	send(1, "good 5")
	read("results", 5)
	eventually(t, "readiness names the partition", func() bool {
		list := r.Health().List()
		return len(list) == 1 && list[0].Name == fmt.Sprintf("partition %s/0", name("source")) && r.Health().Ready()
	})
	if err := stop(); err != nil {
		t.Fatal(err)
	}
}
