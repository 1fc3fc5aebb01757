// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/guestbuild"
	"github.com/helm-wasm/helm-wasm/internal/runner/record"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

const mirror = "./testdata/guests/mirror"

// header returns a header of a record, or nil.
var header = record.Header

// testBroker is one broker in this process, with a client.
type testBroker struct {
	t       *testing.T
	cluster *kfake.Cluster
	client  *kgo.Client
}

func newBroker(t *testing.T, opts ...kfake.Opt) *testBroker {
	t.Helper()
	cluster, err := kfake.NewCluster(append([]kfake.Opt{
		kfake.NumBrokers(1), kfake.SeedTopics(4, "in", "out", "dead", "other"),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	client, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...), kgo.RecordPartitioner(kgo.StickyKeyPartitioner(nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return &testBroker{t, cluster, client}
}

func (b *testBroker) config() contract.RunnerConfig {
	return contract.RunnerConfig{
		Name: "test", Module: contract.RunnerModule{Path: "given"}, ABI: "auto",
		Source:  schema.Source{Topic: "in", ConsumerGroup: "g", OffsetResetPolicy: "earliest"},
		Sink:    schema.Sink{Topic: "out"},
		OnError: schema.OnError{Retries: 1, Backoff: "10ms", DeadLetterTopic: "dead"},
		Limits:  schema.Limits{Timeout: "20s"},
		Kafka:   contract.RunnerKafka{BootstrapServers: b.cluster.ListenAddrs()},
	}
}

func (b *testBroker) produce(values ...string) {
	b.t.Helper()
	for i, v := range values {
		r := &kgo.Record{Topic: "in", Key: []byte(fmt.Sprint("k", i)), Value: []byte(v)}
		if err := b.client.ProduceSync(context.Background(), r).FirstErr(); err != nil {
			b.t.Fatal(err)
		}
	}
}

// read reads n records of a topic.
func (b *testBroker) read(topic string, n int) []*kgo.Record {
	b.t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(b.cluster.ListenAddrs()...),
		kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	if err != nil {
		b.t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), guard)
	defer cancel()
	var got []*kgo.Record
	for len(got) < n {
		fetches := client.PollFetches(ctx)
		got = append(got, fetches.Records()...)
		if ctx.Err() != nil {
			b.t.Fatalf("topic %s: %d of %d records after %s", topic, len(got), n, guard)
		}
	}
	return got
}

// truncate deletes what the group has committed, and all results.
func (b *testBroker) truncate() {
	b.t.Helper()
	admin := kadm.NewClient(b.client)
	committed, err := admin.FetchOffsets(context.Background(), "g")
	if errors.Is(err, kerr.GroupIDNotFound) {
		return // the runner has not joined yet
	}
	if err != nil {
		b.t.Fatal(err)
	}
	offsets := committed.Offsets()
	ends, err := admin.ListEndOffsets(context.Background(), "out")
	if err != nil {
		b.t.Fatal(err)
	}
	for topic, partitions := range ends.Offsets() {
		for _, o := range partitions {
			offsets.AddOffset(topic, o.Partition, o.At, -1)
		}
	}
	if _, err := admin.DeleteRecords(context.Background(), offsets); err != nil {
		b.t.Fatal(err)
	}
}

// lag returns the group's lag on the source topic.
func (b *testBroker) lag() int64 {
	b.t.Helper()
	lags, err := kadm.NewClient(b.client).Lag(context.Background(), "g")
	if err != nil {
		b.t.Fatal(err)
	}
	var sum int64
	for _, l := range lags {
		sum += l.Lag.Total()
	}
	return sum
}

func testLogger() *slog.Logger {
	level := slog.LevelError + 4
	if os.Getenv("RUNNER_TEST_LOG") != "" {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}

// start runs a runner until the returned function is called, which waits for
// its end.
func start(t *testing.T, cfg contract.RunnerConfig, opts ...Option) (*Runner, func() error) {
	t.Helper()
	precompile(t, makeOptions(opts).module)
	r, err := New(cfg, append([]Option{WithLogger(testLogger()), WithCacheDir(cacheDir)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	stopped := false
	var result error
	stop := func() error {
		cancel()
		if !stopped {
			stopped = true
			select {
			case result = <-ended:
			case <-time.After(guard):
				t.Error("the runner did not stop")
			}
		}
		return result
	}
	t.Cleanup(func() { _ = stop() })
	return r, stop
}

var cacheDir string

func TestMain(m *testing.M) {
	if file := os.Getenv(compileOnly); file != "" {
		compileAndExit(file)
	}
	dir, err := os.MkdirTemp("", "runner-test")
	if err != nil {
		panic(err)
	}
	cacheDir = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func TestMirror(t *testing.T) {
	t.Parallel()
	b := newBroker(t)
	_, stop := start(t, b.config(), WithModule(guestbuild.Command(t, mirror)))
	b.produce("one", "two", "drop", "twice x")
	got := b.read("out", 4)
	values := map[string]int{}
	for _, r := range got {
		values[string(r.Value)]++
	}
	if values["one"] != 1 || values["two"] != 1 || values["twice x"] != 2 {
		t.Errorf("got %v", values)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if lag := b.lag(); lag != 0 {
		t.Errorf("lag after stop is %d", lag)
	}
}
