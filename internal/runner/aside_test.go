// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/guestbuild"
	"github.com/helm-wasm/helm-wasm/internal/runner/onerror"
	"github.com/helm-wasm/helm-wasm/internal/runner/stream"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// strict makes a topic that accepts only small records.
func (b *testBroker) strict(name string, limit int) {
	b.t.Helper()
	text := fmt.Sprint(limit)
	b.createWith(name, map[string]*string{"max.message.bytes": &text})
}

func (b *testBroker) create(name string) { b.createWith(name, nil) }

func (b *testBroker) createWith(name string, config map[string]*string) {
	b.t.Helper()
	if _, err := kadm.NewClient(b.client).CreateTopic(context.Background(), 1, 1, config, name); err != nil {
		b.t.Fatal(err)
	}
}

// metric returns the lines of /metrics that begin with a name.
func metric(r *Runner, name string) string {
	page := httptest.NewRecorder()
	r.Handler().ServeHTTP(page, httptest.NewRequest("GET", "/metrics", nil))
	var lines []string
	for _, line := range strings.Split(page.Body.String(), "\n") {
		if strings.HasPrefix(line, name) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// TestBlockAside: with exactly-once too, a bad event holds up only its own
// partition. What comes before it is done once, what comes after it waits, and all
// goes on when it works.
func TestBlockAside(t *testing.T) {
	t.Parallel()
	b := newBroker(t)
	cfg := b.config()
	cfg.Delivery = "exactly-once"
	cfg.OnError = schema.OnError{Retries: 1, Backoff: "10ms", MaxBackoff: "50ms", Action: "block"}
	listen := &switched{bad: "bad"}
	listen.fail.Store(true)
	r, stop := start(t, cfg, WithFunction(listen))
	for partition, values := range [][]string{{"a", "b", "c", "bad", "behind"}, {"one"}, {"two", "three"}} {
		for _, v := range values {
			if err := b.manual(&kgo.Record{Topic: "in", Partition: int32(partition), Value: []byte(v)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	count := func(n int) map[string]int {
		got := map[string]int{}
		for _, record := range b.read("out", n) {
			got[string(record.Value)]++
		}
		return got
	}
	for value, n := range count(6) {
		if n != 1 || value == "bad" || value == "behind" {
			t.Errorf("%d times %q", n, value)
		}
	}
	eventually(t, "readiness names the partition", func() bool {
		list := r.Health().List()
		return len(list) == 1 && list[0].Name == "partition in/0" && strings.Contains(list[0].Reason, "offset 3 fails")
	})
	if !r.Health().Ready() {
		t.Error("one blocked partition makes the runner unready")
	}
	for i := range 4 { // others go on while one is blocked
		if err := b.manual(&kgo.Record{Topic: "in", Partition: 1, Value: fmt.Append(nil, "later ", i)}); err != nil {
			t.Fatal(err)
		}
		count(7 + i)
	}
	listen.fail.Store(false)
	for value, n := range count(12) {
		if n != 1 {
			t.Errorf("%d times %q", n, value)
		}
	}
	eventually(t, "no condition is left", func() bool { return len(r.Health().List()) == 0 })
	if err := stop(); err != nil {
		t.Fatal(err)
	}
}

// TestRefusedAside: with exactly-once, a result that its topic refuses becomes its
// event's dead letter in the next transaction.
func TestRefusedAside(t *testing.T) {
	for _, action := range []string{"deadLetter", "drop", "block"} {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			b := newBroker(t)
			b.strict("strict", 2000)
			cfg := b.config()
			cfg.Delivery, cfg.Sink.Topic, cfg.OnError.Action, cfg.OnError.MaxBackoff = "exactly-once", "strict", action, "100ms"
			big := "big " + strings.Repeat("x", 5000)
			for i := range 6 {
				if err := b.manual(&kgo.Record{Topic: "in", Partition: int32(i % 2), Value: fmt.Append(nil, "small ", i)}); err != nil {
					t.Fatal(err)
				}
			}
			send := func(value string) {
				if err := b.manual(&kgo.Record{Topic: "in", Partition: 0, Value: []byte(value)}); err != nil {
					t.Fatal(err)
				}
			}
			send(big)
			send("behind")
			r, stop := start(t, cfg, WithModule(guestbuild.Command(t, mirror)))
			want := 7
			if action == "block" {
				want = 6
			}
			seen := map[string]int{}
			for _, record := range b.read("strict", want) {
				seen[string(record.Value)]++
			}
			if len(seen) != want || (seen["behind"] == 1) != (action != "block") {
				t.Errorf("results %v", seen)
			}
			switch action {
			case "deadLetter":
				letter := b.read("dead", 1)[0]
				if text := string(header(letter, onerror.HeaderError).Value); string(letter.Value) != big ||
					!strings.Contains(text, `topic "strict" refuses the result`) {
					t.Errorf("the letter's error is %q", text)
				}
			case "block":
				eventually(t, "readiness names the partition", func() bool {
					list := r.Health().List()
					return len(list) == 1 && list[0].Name == "partition in/0" && r.Health().Ready()
				})
			}
			if err := stop(); err != nil {
				t.Fatal(err)
			}
			if dead := b.end("dead"); action != "deadLetter" && dead != 0 {
				t.Errorf("%d dead letters", dead)
			}
		})
	}
}

// end returns how many records were written to a topic, markers included.
func (b *testBroker) end(topic string) (sum int64) {
	b.t.Helper()
	ends, err := kadm.NewClient(b.client).ListEndOffsets(context.Background(), topic)
	if err != nil {
		b.t.Fatal(err)
	}
	ends.Each(func(o kadm.ListedOffset) { sum += o.Offset })
	return sum
}

// TestLargePoison: an event that fits its own topic, but with our headers not the
// dead-letter topic, is cut and does not hold up its partition.
func TestLargePoison(t *testing.T) {
	for _, delivery := range deliveries {
		for _, limit := range []int{1048588, 2000} {
			t.Run(fmt.Sprint(delivery, " ", limit), func(t *testing.T) {
				t.Parallel()
				b := newBroker(t)
				b.strict("letters", limit)
				cfg := b.config()
				cfg.Delivery, cfg.OnError.DeadLetterTopic = delivery, "letters"
				r, stop := start(t, cfg, WithModule(guestbuild.Command(t, mirror)))
				client, err := kgo.NewClient(kgo.SeedBrokers(b.cluster.ListenAddrs()...),
					kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerBatchMaxBytes(2_000_000))
				if err != nil {
					t.Fatal(err)
				}
				defer client.Close()
				value := "fail " + strings.Repeat("x", 1048400)
				poison := &kgo.Record{
					Topic: "in", Key: []byte("k"), Headers: []kgo.RecordHeader{{Key: "own", Value: []byte("header")}},
					Value: []byte(value),
				}
				if err := client.ProduceSync(context.Background(), poison,
					&kgo.Record{Topic: "in", Value: []byte("behind")}).FirstErr(); err != nil {
					t.Fatal(err)
				}
				letter := b.read("letters", 1)[0]
				if h := header(letter, onerror.HeaderCut); h == nil || string(h.Value) != fmt.Sprint(len(value)) {
					t.Errorf("cut is %v, want %d", h, len(value))
				}
				if got := string(letter.Value); len(got) >= len(value) || len(got) == 0 || !strings.HasPrefix(value, got) {
					t.Errorf("%d bytes of %d are not its beginning", len(got), len(value))
				}
				for name, want := range map[string]string{
					onerror.HeaderTopic: "in", onerror.HeaderPartition: "0", onerror.HeaderOffset: "0",
					onerror.HeaderFunction: "test",
				} {
					if h := header(letter, name); h == nil || string(h.Value) != want {
						t.Errorf("%s is %v, want %q", name, h, want)
					}
				}
				if h := header(letter, onerror.HeaderError); h == nil || !strings.Contains(string(h.Value), "transforming record failed") {
					t.Errorf("the error is %v", h)
				}
				b.read("out", 1)
				eventually(t, "nothing is left of it", func() bool { return r.Health().Ready() && len(r.Health().List()) == 0 })
				if err := stop(); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}

// TestGaugesOfDeliveries: lag, partitions and ABI are shown with both.
func TestGaugesOfDeliveries(t *testing.T) {
	for _, delivery := range deliveries {
		t.Run(delivery, func(t *testing.T) {
			t.Parallel()
			b := newBroker(t)
			cfg := b.config()
			cfg.Delivery = delivery
			cfg.OnError = schema.OnError{Retries: 0, Backoff: "10ms", MaxBackoff: "50ms", Action: "block"}
			r, stop := start(t, cfg, WithModule(guestbuild.Command(t, mirror)), watchEvery(100*time.Millisecond))
			put := func(partition int32, value string, n int) {
				records := make([]*kgo.Record, n)
				for i := range records {
					records[i] = &kgo.Record{Topic: "in", Partition: partition, Value: []byte(value)}
				}
				if err := b.manual(records...); err != nil {
					t.Fatal(err)
				}
			}
			put(1, "fine", 10)
			b.read("out", 10)
			want := func(value string) {
				t.Helper()
				line := `wasm_runner_lag{function="test",partition=` + value
				eventually(t, line+" in:\n"+metric(r, "wasm_runner_lag"),
					func() bool { return strings.Contains(metric(r, "wasm_runner_lag"), line) })
			}
			want(`"1"} 0`)
			put(0, "fail", 1)
			put(0, "behind", 400)
			want(`"0"} 401`)
			// A partition that is stuck for this long is not fetched any more.
			time.Sleep(2 * stream.StuckAfter)
			put(0, "behind", 500)
			want(`"0"} 901`)
			if got := metric(r, "wasm_runner_assigned_partitions"); !strings.HasSuffix(got, " 4") {
				t.Error(got)
			}
			if got := metric(r, "wasm_runner_info"); got != `wasm_runner_info{abi="redpanda",function="test"} 1` {
				t.Error(got)
			}
			if err := stop(); err != nil {
				t.Fatal(err)
			}
			if got := metric(r, "wasm_runner_lag"); delivery == "exactly-once" && got != "" {
				t.Errorf("after the stop: %s", got)
			}
		})
	}
}
