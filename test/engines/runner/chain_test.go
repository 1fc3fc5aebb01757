// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/runner"
	"github.com/helm-wasm/helm-wasm/stack/schema"
	"github.com/helm-wasm/helm-wasm/test/engines"
	"github.com/helm-wasm/helm-wasm/test/engines/redpanda"
)

// TestChain sends orders through enrich-orders (Go) and redact-cards (Rust), each in its
// own runner, over a broker.
func TestChain(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1),
		kfake.SeedTopics(4, "orders", "orders.high", "orders.enriched", "orders.public", "orders.dead"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	enrich, redact := engines.Module(t, "enrich-orders"), engines.Module(t, "redact-cards")
	settings := map[string]string{"RATES": "USD=0.92", "HIGH_VALUE_TOPIC": "orders.high"}
	start(t, cluster, enrich, contract.RunnerConfig{
		Name: "enrich-orders", Config: settings,
		Source: schema.Source{Topic: "orders", ConsumerGroup: "enrich"},
		Sink:   schema.Sink{Topic: "orders.enriched", Topics: []string{"orders.high"}},
	})
	start(t, cluster, redact, contract.RunnerConfig{
		Name:   "redact-cards",
		Source: schema.Source{Topic: "orders.enriched", ConsumerGroup: "redact"}, Sink: schema.Sink{Topic: "orders.public"},
	})

	const orders = 200
	client, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	order := engines.Testdata(t, "enrich-orders", "order.json")
	headers := []kgo.RecordHeader{{Key: "source", Value: []byte("shop")}}
	for i := range orders {
		value := bytes.Replace(order, []byte(`"id": "`), fmt.Appendf(nil, `"id": "%03d-`, i), 1)
		if bytes.Equal(value, order) {
			t.Fatal("the order has no id to number")
		}
		client.Produce(t.Context(), &kgo.Record{Topic: "orders", Key: fmt.Appendf(nil, "c-%d", i%7), Value: value, Headers: headers}, nil)
	}
	// One that is not an order: it must not hold up the others.
	client.Produce(t.Context(), &kgo.Record{Topic: "orders", Key: []byte("c-1"), Value: []byte("{}")}, nil)
	if err := client.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}

	finished(t, client, "enrich", "orders")
	finished(t, client, "redact", "orders.enriched")

	// What the two functions make of the order on the independent host.
	want := transform(t, redact, nil, transform(t, enrich, map[string]string{"RATES": "USD=0.92"}, order))
	last := map[string]string{}
	for _, r := range read(t, cluster, "orders.public", orders) {
		got := object(t, r.Value)
		id, _ := got["id"].(string)
		got["id"] = id[4:]
		if !reflect.DeepEqual(got, object(t, want)) {
			t.Fatalf("got  %s\nwant %s", r.Value, want)
		}
		if bytes.Contains(r.Value, []byte("4111")) {
			t.Fatalf("a card number came through: %s", r.Value)
		}
		if key := string(r.Key); id[:3] <= last[key] {
			t.Errorf("order %s of %s came after %s", id, key, last[key])
		} else {
			last[key] = id[:3]
		}
		if !hasHeader(r, "source", "shop") {
			t.Fatalf("headers %v", r.Headers)
		}
	}
	read(t, cluster, "orders.high", orders)
	if dead := read(t, cluster, "orders.dead", 1); string(dead[0].Value) != "{}" || len(dead[0].Headers) == 0 {
		t.Errorf("dead letter %q with headers %v", dead[0].Value, dead[0].Headers)
	}
}

// start runs a function until the test ends.
func start(t *testing.T, cluster *kfake.Cluster, wasm []byte, config contract.RunnerConfig) {
	t.Helper()
	config.ABI, config.Module = "auto", contract.RunnerModule{Path: "given"}
	config.OnError = schema.OnError{Retries: 1, Backoff: "10ms", DeadLetterTopic: "orders.dead"}
	config.Source.OffsetResetPolicy = "earliest"
	config.Kafka.BootstrapServers = cluster.ListenAddrs()
	logger, _ := engines.Log()
	r, err := runner.New(config, runner.WithModule(wasm), runner.WithCacheDir(engines.Cache()),
		runner.WithLogger(logger), runner.WithAdminHost("127.0.0.1"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("%s: %v", config.Name, err)
		}
	})
}

// finished waits until a group has committed all of its topic: then nothing more
// follows from it.
func finished(t *testing.T, client *kgo.Client, group, topic string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	admin := kadm.NewClient(client)
	for ; ; time.Sleep(20 * time.Millisecond) {
		ends, err := admin.ListEndOffsets(ctx, topic)
		if err != nil {
			t.Fatal(err)
		}
		committed, err := admin.FetchOffsets(ctx, group)
		if err != nil && !errors.Is(err, kerr.GroupIDNotFound) { // no member has joined yet
			t.Fatal(err)
		}
		open := int64(0)
		ends.Each(func(end kadm.ListedOffset) {
			at, _ := committed.Lookup(topic, end.Partition)
			open += end.Offset - max(at.At, 0)
		})
		if open == 0 {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("group %s has %d records of topic %s before it", group, open, topic)
		}
	}
}

// read returns all that a topic has, which must be n records.
func read(t *testing.T, cluster *kfake.Cluster, topic string, n int) []*kgo.Record {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...), kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ends, err := kadm.NewClient(client).ListEndOffsets(ctx, topic)
	if err != nil {
		t.Fatal(err)
	}
	held := int64(0)
	ends.Each(func(end kadm.ListedOffset) { held += end.Offset })
	if held != int64(n) {
		t.Fatalf("topic %s holds %d records, want %d", topic, held, n)
	}
	var got []*kgo.Record
	for len(got) < n && ctx.Err() == nil {
		fetches := client.PollFetches(ctx)
		got = append(got, fetches.Records()...)
	}
	if len(got) != n {
		t.Fatalf("%d of %d records of topic %s were read", len(got), n, topic)
	}
	return got
}

func transform(t *testing.T, module []byte, env map[string]string, value []byte) []byte {
	t.Helper()
	config := wazero.NewModuleConfig().WithArgs("transform")
	for key, value := range env {
		config = config.WithEnv(key, value)
	}
	out, err := redpanda.Run(t.Context(), module, config, []redpanda.Record{{Key: []byte("k"), Value: value}})
	if err != nil || len(out) != 1 {
		t.Fatalf("%d records, %v", len(out), err)
	}
	return out[0].Value
}

func object(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return o
}

func hasHeader(r *kgo.Record, key, value string) bool {
	for _, h := range r.Headers {
		if h.Key == key && string(h.Value) == value {
			return true
		}
	}
	return false
}
