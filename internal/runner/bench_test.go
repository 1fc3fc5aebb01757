// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/guestbuild"
	"github.com/helm-wasm/helm-wasm/internal/runner/function"
	"github.com/helm-wasm/helm-wasm/internal/runner/settings"
	"github.com/helm-wasm/helm-wasm/runner/abi"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// benchEvent returns about 1 KB of JSON with nested lines.
func benchEvent() []byte {
	event := map[string]any{"id": "order-000017", "customer": map[string]any{"name": "Ada", "country": "GB"}, "total": 1234.5}
	var lines []any
	for i := range 11 {
		lines = append(lines, map[string]any{"sku": fmt.Sprintf("SKU-%04d", i), "quantity": i + 1, "price": 9.99, "note": "gift wrapped"})
	}
	event["lines"] = lines
	text, err := json.Marshal(event)
	if err != nil {
		panic(err)
	}
	return text
}

// nativeFunction is the enrichment in Go, in the same loop.
type nativeFunction struct{}

func (nativeFunction) Instance(context.Context) (abi.Instance, error) { return nativeFunction{}, nil }
func (nativeFunction) Broken() bool                                   { return false }
func (nativeFunction) Close(context.Context) error                    { return nil }

func (nativeFunction) Process(_ context.Context, records []*kgo.Record, done abi.Done) error {
	for _, r := range records {
		var event map[string]any
		if err := json.Unmarshal(r.Value, &event); err != nil {
			return err
		}
		event["region"] = "eu"
		value, err := json.Marshal(event)
		if err != nil {
			return err
		}
		done([]*kgo.Record{abi.Reply(r, value)})
	}
	return nil
}

func benchSettings(b *testing.B) settings.Settings {
	s, err := settings.Resolve(contract.RunnerConfig{
		Name: "bench", ABI: "auto", Module: contract.RunnerModule{Path: "given"},
		Source: schema.Source{Topic: "in", ConsumerGroup: "g"}, Sink: schema.Sink{Topic: "out"},
		Kafka: contract.RunnerKafka{BootstrapServers: []string{"none:0"}},
	})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

func openBench(b *testing.B, wasm []byte) abi.Function {
	s := benchSettings(b)
	opened, _, err := function.Open(b.Context(), &s, wasm, cacheDir, testLogger())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = opened.Close(context.Background()) })
	return opened
}

// BenchmarkCall measures the function alone on one core, without Kafka.
func BenchmarkCall(b *testing.B) {
	functions := map[string]func(*testing.B) abi.Function{
		"native Go": func(*testing.B) abi.Function { return nativeFunction{} },
		"redpanda Go": func(b *testing.B) abi.Function {
			return openBench(b, guestbuild.Command(b, "./testdata/guests/enrich"))
		},
		"redpanda Go mirror": func(b *testing.B) abi.Function { return openBench(b, guestbuild.Command(b, mirror)) },
		"wasi Go": func(b *testing.B) abi.Function {
			return openBench(b, guestbuild.Command(b, "./testdata/guests/enrichonce"))
		},
		"redpanda Rust redact": func(b *testing.B) abi.Function { return openBench(b, reading(b, "functions/redact-cards")) },
		"redpanda Rust":        func(b *testing.B) abi.Function { return openBench(b, reading(b, "bench/transform")) },
	}
	for _, name := range []string{"native Go", "redpanda Go mirror", "redpanda Rust redact", "redpanda Rust", "redpanda Go", "wasi Go"} {
		b.Run(name, func(b *testing.B) {
			instance, err := functions[name](b).Instance(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			defer instance.Close(context.Background())
			batch := make([]*kgo.Record, 100)
			for i := range batch {
				batch[i] = &kgo.Record{Topic: "in", Key: []byte("k"), Value: benchEvent(), Timestamp: time.Now(), Offset: int64(i)}
			}
			var times []time.Duration
			b.ResetTimer()
			for left := b.N; left > 0; {
				chunk := batch[:min(left, len(batch))]
				last := time.Now()
				err := instance.Process(b.Context(), chunk, func([]*kgo.Record) {
					now := time.Now()
					times = append(times, now.Sub(last))
					last = now
				})
				if err != nil {
					b.Fatal(err)
				}
				left -= len(chunk)
			}
			b.StopTimer()
			slices.Sort(times)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
			b.ReportMetric(float64(times[len(times)/2])/1e3, "p50-us")
			b.ReportMetric(float64(times[len(times)*99/100])/1e3, "p99-us")
		})
	}
}

// reading returns what `make functions bench-guests` built.
func reading(t testing.TB, name string) []byte {
	wasm, err := os.ReadFile("../../build/" + name + ".wasm")
	if err != nil {
		t.Fatalf("not built: %v: run `make functions bench-guests`", err)
	}
	return wasm
}

// BenchmarkStream measures the whole way: topic, function, topic. The broker is in
// the same process and takes its share of the cores.
func BenchmarkStream(b *testing.B) {
	b.Run("copy", func(b *testing.B) { benchStream(b, copyTopic) })
	for name, wasm := range map[string]func(testing.TB) []byte{
		"native Go":          nil,
		"redpanda Go mirror": func(t testing.TB) []byte { return guestbuild.Command(t, mirror) },
		"redpanda Go":        func(t testing.TB) []byte { return guestbuild.Command(t, "./testdata/guests/enrich") },
		"redpanda Rust":      func(t testing.TB) []byte { return reading(t, "bench/transform") },
	} {
		b.Run(name, func(b *testing.B) {
			benchStream(b, func(b *testing.B, ctx context.Context, brokers []string) func() {
				cfg := benchSettings(b).RunnerConfig
				cfg.Kafka.BootstrapServers = brokers
				opts := []Option{WithLogger(testLogger()), WithCacheDir(cacheDir)}
				if wasm == nil {
					opts = append(opts, WithFunction(nativeFunction{}))
				} else {
					opts = append(opts, WithModule(wasm(b)))
				}
				r, err := New(cfg, opts...)
				if err != nil {
					b.Fatal(err)
				}
				ended := make(chan error, 1)
				go func() { ended <- r.Run(ctx) }()
				for !r.Health().Ready() {
					time.Sleep(time.Millisecond)
				}
				return func() {
					if err := <-ended; err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}

// benchStream fills a topic, starts a side and waits until all is written.
func benchStream(b *testing.B, side func(*testing.B, context.Context, []string) (wait func())) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(8, "in", "out"))
	if err != nil {
		b.Fatal(err)
	}
	defer cluster.Close()
	client, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...), kgo.DefaultProduceTopic("in"), kgo.MaxBufferedRecords(b.N+1))
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close()
	value := benchEvent()
	for i := range b.N {
		client.Produce(b.Context(), &kgo.Record{Key: fmt.Appendf(nil, "k%d", i), Value: value}, nil)
	}
	if err := client.Flush(b.Context()); err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	admin := kadm.NewClient(client)
	// The start is measured by the cold start's test.
	wait := side(b, ctx, cluster.ListenAddrs())
	b.ResetTimer()
	for written := int64(0); written < int64(b.N); time.Sleep(2 * time.Millisecond) {
		ends, err := admin.ListEndOffsets(b.Context(), "out")
		if err != nil {
			b.Fatal(err)
		}
		written = 0
		ends.Each(func(o kadm.ListedOffset) { written += o.Offset })
	}
	b.StopTimer()
	cancel()
	wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// copyTopic measures the client library alone.
func copyTopic(b *testing.B, ctx context.Context, brokers []string) func() {
	client, err := kgo.NewClient(kgo.SeedBrokers(brokers...), kgo.ConsumerGroup("g"),
		kgo.ConsumeTopics("in"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.ProducerLinger(0))
	if err != nil {
		b.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer client.Close()
		for ctx.Err() == nil {
			client.PollFetches(ctx).EachRecord(func(r *kgo.Record) {
				client.Produce(ctx, &kgo.Record{Topic: "out", Key: r.Key, Value: r.Value}, nil)
			})
		}
	}()
	return func() { <-done }
}
