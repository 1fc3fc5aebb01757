// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/guestbuild"
	"github.com/helm-wasm/helm-wasm/internal/runner/onerror"
	"github.com/helm-wasm/helm-wasm/internal/runner/tracing"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// guard is how long a test waits for what must happen. It only ends a test that
// hangs: a busy machine may need most of it.
const guard = 3 * time.Minute

// eventually waits for a condition.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(guard); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", guard, what)
		}
	}
}

// TestTransformSeesItsWorld: environment, clock, other topics, headers, keys,
// timestamps, trace context.
func TestTransformSeesItsWorld(t *testing.T) {
	t.Parallel()
	b := newBroker(t)
	cfg := b.config()
	cfg.Sink.Topics = []string{"other"}
	cfg.Config = map[string]string{"GREETING": "hello"}
	_, stop := start(t, cfg, WithModule(guestbuild.Command(t, mirror)))
	stamp := time.UnixMilli(1_700_000_000_123)
	trace := "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	send := func(r *kgo.Record) {
		r.Topic, r.Timestamp = "in", stamp
		if err := b.client.ProduceSync(context.Background(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	send(&kgo.Record{Key: []byte("k"), Value: []byte("env REDPANDA_INPUT_TOPIC")})
	send(&kgo.Record{Key: []byte("k"), Value: []byte("env REDPANDA_OUTPUT_TOPIC_1")})
	send(&kgo.Record{Key: []byte("k"), Value: []byte("env GREETING")})
	send(&kgo.Record{Key: []byte("k"), Value: []byte("time")})
	send(
		&kgo.Record{
			Key: []byte("k"), Value: []byte("carried"),
			Headers: []kgo.RecordHeader{{Key: "h", Value: []byte("v")}, {Key: tracing.Parent, Value: []byte(trace)}},
		},
	)
	send(&kgo.Record{Key: []byte("k"), Value: nil})
	send(&kgo.Record{Key: []byte("k"), Value: []byte("to other")})
	got := b.read("out", 6)
	for i, want := range []string{"in", "other", "hello", "true", "carried", ""} {
		if string(got[i].Value) != want || string(got[i].Key) != "k" || !got[i].Timestamp.Equal(stamp) {
			t.Errorf("record %d is %s=%q at %s, want %q", i, got[i].Key, got[i].Value, got[i].Timestamp, want)
		}
	}
	if got[5].Value != nil {
		t.Error("a tombstone became an empty value")
	}
	carried := got[4]
	if h := header(carried, "h"); h == nil || string(h.Value) != "v" {
		t.Errorf("headers are %v", carried.Headers)
	}
	if h := header(carried, tracing.Parent); h == nil || !strings.HasPrefix(string(h.Value), trace[:35]) {
		t.Errorf("trace context is not carried: %v", carried.Headers)
	}
	if other := b.read("other", 1); string(other[0].Value) != "to other" {
		t.Errorf("other topic got %q", other[0].Value)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
}

// TestBlock: a bad event holds up only its own partition, and readiness says so; it
// is tried again until it works.
func TestBlock(t *testing.T) {
	t.Parallel()
	b := newBroker(t)
	cfg := b.config()
	cfg.OnError = schema.OnError{Retries: 1, Backoff: "10ms", MaxBackoff: "50ms", Action: "block"}
	r, stop := start(t, cfg, WithModule(guestbuild.Command(t, mirror)))
	for partition, values := range [][]string{{"fail forever", "behind"}, {"one"}, {"two"}} {
		for _, v := range values {
			if err := b.manual(&kgo.Record{Topic: "in", Partition: int32(partition), Value: []byte(v)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, got := range b.read("out", 2) {
		if string(got.Value) == "behind" {
			t.Error("an event overtook the one that blocks its partition")
		}
	}
	eventually(t, "readiness names the partition", func() bool {
		list := r.Health().List()
		return len(list) == 1 && list[0].Name == "partition in/0" && strings.Contains(list[0].Reason, "forever")
	})
	if !r.Health().Ready() {
		t.Error("one blocked partition makes the runner unready")
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if lag := b.lag(); lag != 2 {
		t.Errorf("lag is %d, want the blocked event and the one behind it", lag)
	}
}

// manual produces to the records' own partitions.
func (b *testBroker) manual(records ...*kgo.Record) error {
	client, err := kgo.NewClient(kgo.SeedBrokers(b.cluster.ListenAddrs()...), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		return err
	}
	defer client.Close()
	return client.ProduceSync(context.Background(), records...).FirstErr()
}

// TestHTTP: events are CloudEvents; the function may come late, say no, take
// too long, or answer nothing.
func TestHTTP(t *testing.T) {
	t.Parallel()
	b := newBroker(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	cfg := b.config()
	cfg.ABI, cfg.Module = "http", contract.RunnerModule{}
	cfg.HTTP = &schema.HTTP{Port: port, Path: "/events"}
	cfg.OnError.MaxBackoff, cfg.Limits.Timeout = "100ms", "3s"
	r, stop := start(t, cfg)
	b.produce("hello", "drop", "refuse", "slow", "moved")
	eventually(t, "readiness says that nothing listens", func() bool {
		list := r.Health().List()
		return len(list) == 1 && list[0].Name == "function" && !r.Health().Ready()
	})
	if listener, err = net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err != nil {
		t.Fatal(err)
	}
	var bad atomic.Value
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		if q.Method != http.MethodPost || q.URL.Path != "/events" || q.Header.Get("ce-specversion") != "1.0" ||
			q.Header.Get("ce-source") != "/kafka/in" || q.Header.Get("ce-id") == "" || q.Header.Get("ce-type") == "" {
			bad.Store(fmt.Sprint(q.Method, q.URL, q.Header))
		}
		switch string(body) {
		case "drop":
			w.WriteHeader(http.StatusNoContent)
		case "refuse":
			http.Error(w, "not this one", http.StatusUnprocessableEntity)
		case "slow":
			<-q.Context().Done()
		case "moved":
			http.Redirect(w, q, "http://169.254.169.254/", http.StatusFound)
		default:
			w.Header().Set("ce-type", "com.example.answer")
			fmt.Fprintf(w, "%s, world", body)
		}
	}))
	server.Listener.Close()
	server.Listener = listener
	server.Start()
	defer server.Close()
	got := b.read("out", 1)[0]
	if string(got.Value) != "hello, world" || string(header(got, "ce_type").Value) != "com.example.answer" {
		t.Errorf("got %q %v", got.Value, got.Headers)
	}
	reasons := map[string]string{}
	for _, letter := range b.read("dead", 3) {
		reasons[string(letter.Value)] = string(header(letter, onerror.HeaderError).Value)
	}
	for value, want := range map[string]string{
		"refuse": "422 Unprocessable Entity: not this one", "slow": "limits.timeout", "moved": "302",
	} {
		if !strings.Contains(reasons[value], want) {
			t.Errorf("%s: %q, want %q in it", value, reasons[value], want)
		}
	}
	if text := bad.Load(); text != nil {
		t.Errorf("not a CloudEvent: %v", text)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
}

// TestWaitsForSink: results for a topic that does not exist wait, readiness
// says why, and nothing is lost once the topic exists.
func TestWaitsForSink(t *testing.T) {
	t.Parallel()
	b := newBroker(t)
	cfg := b.config()
	cfg.Sink.Topic = "later"
	r, stop := start(t, cfg, WithModule(guestbuild.Command(t, mirror)))
	b.produce("a", "b", "c")
	eventually(t, "readiness names the sink", func() bool {
		recorder := httptest.NewRecorder()
		r.Handler().ServeHTTP(recorder, httptest.NewRequest("GET", "/readyz", nil))
		var answer struct {
			Status     string
			Conditions []struct{ Name, Reason string }
		}
		if err := json.Unmarshal(recorder.Body.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
		return recorder.Code == 503 && answer.Status == "waiting" && len(answer.Conditions) > 0 &&
			answer.Conditions[0].Name == "sink later" && strings.Contains(answer.Conditions[0].Reason, "does not exist")
	})
	committed, err := kadm.NewClient(b.client).FetchOffsets(context.Background(), "g")
	if err != nil {
		t.Fatal(err)
	}
	committed.Each(func(o kadm.OffsetResponse) {
		t.Errorf("offset %d of partition %d was committed before its results were written", o.At, o.Partition)
	})
	if _, err := kadm.NewClient(b.client).CreateTopic(context.Background(), 1, 1, nil, "later"); err != nil {
		t.Fatal(err)
	}
	b.read("later", 3)
	eventually(t, "ready again", r.Health().Ready)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
}

// TestCredentials: correct ones work, and missing ones are reported before anything
// starts. What a real broker answers to wrong ones is in TestRealKafka.
func TestCredentials(t *testing.T) {
	for _, mechanism := range []string{"plain", "scram-sha-256", "scram-sha-512"} {
		t.Run(mechanism, func(t *testing.T) {
			t.Parallel()
			cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "in", "out", "dead"),
				kfake.EnableSASL(), kfake.Superuser(strings.ToUpper(mechanism), "alice", "secret"))
			if err != nil {
				t.Fatal(err)
			}
			defer cluster.Close()
			cfg := (&testBroker{t: t, cluster: cluster}).config()
			if err := connect(t, cfg, mechanism, "alice", "secret"); err != nil {
				t.Errorf("right credentials: %v", err)
			}
			if err := connect(t, cfg, mechanism, "alice", ""); err == nil || !strings.Contains(err.Error(), "KAFKA_SASL_PASSWORD") {
				t.Errorf("no password: %v", err)
			}
		})
	}
}

// connect runs a runner until it has its partitions or gives up.
func connect(t *testing.T, cfg contract.RunnerConfig, mechanism, user, password string) error {
	t.Helper()
	cfg.Kafka.SASL.Mechanism = mechanism
	env := map[string]string{"KAFKA_SASL_USERNAME": user, "KAFKA_SASL_PASSWORD": password}
	r, err := New(cfg, WithModule(guestbuild.Command(t, mirror)), WithCacheDir(cacheDir),
		WithLogger(testLogger()), WithGetenv(func(name string) string { return env[name] }))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), guard)
	defer cancel()
	var joined atomic.Bool
	go func() {
		for !joined.Load() && ctx.Err() == nil {
			recorder := httptest.NewRecorder()
			r.Handler().ServeHTTP(recorder, httptest.NewRequest("GET", "/metrics", nil))
			joined.Store(strings.Contains(recorder.Body.String(), `wasm_runner_assigned_partitions{function="test"} 1`))
			time.Sleep(20 * time.Millisecond)
		}
		cancel()
	}()
	if err := r.Run(ctx); err != nil {
		return err
	}
	if !joined.Load() {
		return fmt.Errorf("no partition within %s: %v", guard, r.Health().List())
	}
	return nil
}

// get reads a page, or nothing.
func get(url string) string {
	response, err := http.Get(url)
	if err != nil {
		return ""
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return string(body)
}
