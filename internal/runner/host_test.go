// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/guestbuild"
)

// hosted makes a host's configuration: functions f0, f1, ... with a topic each,
// from "in0" to "out0".
func (b *testBroker) hosted(n int) contract.HostConfig {
	cfg := contract.HostConfig{Name: "h", Kafka: contract.RunnerKafka{BootstrapServers: b.cluster.ListenAddrs()}}
	for i := range n {
		f := contract.HostFunction{RunnerConfig: b.config()}
		f.Kafka = contract.RunnerKafka{}
		f.Name, f.Source.ConsumerGroup = fmt.Sprint("f", i), fmt.Sprint("g", i)
		f.Source.Topic, f.Sink.Topic = fmt.Sprint("in", i), fmt.Sprint("out", i)
		cfg.Functions = append(cfg.Functions, f)
	}
	return cfg
}

// topics makes the functions' topics.
func (b *testBroker) topics(n int) {
	b.t.Helper()
	for i := range n {
		_, err := kadm.NewClient(b.client).CreateTopics(context.Background(), 2, 1, nil, fmt.Sprint("in", i), fmt.Sprint("out", i))
		if err != nil {
			b.t.Fatal(err)
		}
	}
}

func (b *testBroker) send(topic string, values ...string) {
	b.t.Helper()
	for _, v := range values {
		key, _, _ := strings.Cut(v, " ")
		r := &kgo.Record{Topic: topic, Key: []byte(key), Value: []byte(v)}
		if err := b.client.ProduceSync(context.Background(), r).FirstErr(); err != nil {
			b.t.Fatal(err)
		}
	}
}

func startHost(t *testing.T, cfg contract.HostConfig, opts ...Option) (*Host, func()) {
	t.Helper()
	precompile(t, makeOptions(opts).module)
	h, err := NewHost(cfg, append([]Option{WithLogger(testLogger()), WithCacheDir(cacheDir)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	stop := func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
			ended <- nil
		case <-time.After(guard):
			t.Error("the host did not stop")
		}
	}
	t.Cleanup(stop)
	return h, stop
}

// TestHost runs functions in one process: each has its events, and its offsets in
// its own group. With brokers that do not speak KIP-848, too.
func TestHost(t *testing.T) {
	t.Parallel()
	for _, protocol := range []string{"auto", "classic"} {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			b := newBroker(t)
			b.topics(3)
			cfg := b.hosted(3)
			cfg.Functions[2].Delivery = "exactly-once"
			h, stop := startHost(t, cfg, WithModule(guestbuild.Command(t, mirror)), WithGroupProtocol(protocol))
			for i := range 3 {
				b.send(fmt.Sprint("in", i), "a 1", "b 1", "drop", "a 2")
			}
			for i := range 3 {
				for _, r := range b.read(fmt.Sprint("out", i), 3) {
					if !strings.HasPrefix(string(r.Value), string(r.Key)+" ") {
						t.Errorf("%q under key %q", r.Value, r.Key)
					}
				}
			}
			if (h.hub != nil) != (protocol == "auto") {
				t.Errorf("one client for all: %t", h.hub != nil)
			}
			eventually(t, "all are ready", func() bool {
				for _, f := range h.Functions() {
					if f.Status != "ready" {
						return false
					}
				}
				return h.Health().Ready()
			})
			stop()
			for i := range 3 {
				b.lagOf(fmt.Sprint("g", i), 0)
			}
		})
	}
}

// lagOf fails unless the group's lag is n.
func (b *testBroker) lagOf(group string, n int64) {
	b.t.Helper()
	lags, err := kadm.NewClient(b.client).Lag(context.Background(), group)
	if err != nil {
		b.t.Fatal(err)
	}
	if lag := lags[group].Lag.Total(); lag != n {
		b.t.Errorf("the lag of %s is %d, want %d", group, lag, n)
	}
}

// TestHostFunctionsShareATopic: each sees all events, and one whose event blocks
// holds up nobody.
func TestHostFunctionsShareATopic(t *testing.T) {
	t.Parallel()
	b := newBroker(t)
	b.topics(3)
	cfg := b.hosted(3)
	for i := range cfg.Functions {
		cfg.Functions[i].Source.Topic = "in0"
	}
	cfg.Functions[1].OnError.Action, cfg.Functions[1].OnError.DeadLetterTopic = "block", ""
	h, _ := startHost(t, cfg, WithModule(guestbuild.Command(t, mirror)))
	if err := b.client.ProduceSync(context.Background(),
		&kgo.Record{Topic: "in0", Key: []byte("k"), Value: []byte("fail for ever")}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the function says that it blocks", func() bool {
		list := h.Functions()
		return len(list) == 3 && list[1].Status == "degraded"
	})
	var values []string
	for i := range 3000 {
		values = append(values, fmt.Sprint("k ", i))
	}
	for _, v := range values {
		b.client.Produce(context.Background(), &kgo.Record{Topic: "in0", Key: []byte("k"), Value: []byte(v)}, nil)
	}
	for _, topic := range []string{"out0", "out2"} {
		for i, r := range b.read(topic, len(values)) {
			if string(r.Value) != values[i] {
				t.Fatalf("%s: event %d is %q", topic, i, r.Value)
			}
		}
	}
	if !h.Health().Ready() {
		t.Error("one function's trouble is the host's")
	}
}

// TestHostSleeps: a function without work is not in memory, and events wake it.
func TestHostSleeps(t *testing.T) {
	t.Parallel()
	b := newBroker(t)
	b.topics(2)
	h, _ := startHost(t, b.hosted(2), WithModule(guestbuild.Command(t, mirror)), func(o *options) { o.idle = 20 * time.Millisecond })
	asleep := func(n int) func() bool {
		return func() bool {
			f := h.Functions()[n]
			return f.Status == "ready" && !f.Awake && f.Memory == 0
		}
	}
	for round := range 3 {
		eventually(t, "both sleep", func() bool { return len(h.Functions()) == 2 && asleep(0)() && asleep(1)() })
		b.send("in1", fmt.Sprint("k ", round))
		b.read("out1", round+1)
	}
	eventually(t, "it sleeps again", asleep(1))
	page := httptest.NewRecorder()
	h.Handler().ServeHTTP(page, httptest.NewRequest("GET", "/metrics", nil))
	for _, want := range []string{
		`wasm_runner_wake_seconds_count{function="f0"} 1`, `wasm_runner_awake{function="f1"} 0`,
		`wasm_runner_instances{function="f1"} 0`, `wasm_runner_events_total{function="f1",outcome="processed"} 3`,
	} {
		if !strings.Contains(page.Body.String(), want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
}

// TestHostBudget: what can never fit is refused with both numbers.
func TestHostBudget(t *testing.T) {
	t.Parallel()
	b := newBroker(t)
	b.topics(1)
	cfg := b.hosted(1)
	cfg.MemoryBudget, cfg.Functions[0].Limits.Memory = "32Mi", "64Mi"
	h, _ := startHost(t, cfg, WithModule(guestbuild.Command(t, mirror)))
	eventually(t, "it says why", func() bool {
		list := h.Functions()
		return len(list) == 1 && strings.Contains(fmt.Sprint(list[0].Conditions), "limits.memory 64 MiB") &&
			strings.Contains(fmt.Sprint(list[0].Conditions), "memoryBudget of 32 MiB")
	})
}

// TestHostBrokenFunction: one function that cannot run is shown, and the others run.
func TestHostBrokenFunction(t *testing.T) {
	t.Parallel()
	b := newBroker(t)
	b.topics(2)
	cfg := b.hosted(2)
	cfg.Functions[0].Module.Path = "/no/such/file.wasm"
	wasm := guestbuild.Command(t, mirror)
	precompile(t, wasm)
	file := filepath.Join(t.TempDir(), "mirror.wasm")
	if err := os.WriteFile(file, wasm, 0o600); err != nil {
		t.Fatal(err)
	}
	cfg.Functions[1].Module.Path = file
	h, _ := startHost(t, cfg)
	b.send("in1", "k 1")
	b.read("out1", 1)
	eventually(t, "it says why", func() bool {
		list := h.Functions()
		return len(list) == 2 && list[0].Status == "waiting" && strings.Contains(fmt.Sprint(list[0].Conditions), "no such file")
	})
}

// TestHostConfiguration: what is wrong is refused with field and cause.
func TestHostConfiguration(t *testing.T) {
	b := newBroker(t, kfake.NumBrokers(1))
	cfg := b.hosted(3)
	cfg.Functions[1].Name = "f0"
	cfg.Functions[2].ABI = "http"
	cfg.Functions[2].AdminPort = 8080
	cfg.MemoryBudget = "lots"
	_, err := NewHost(cfg)
	for _, want := range []string{
		`functions[1].name: is "f0"`, "functions[2].abi: is http", "functions[2].adminPort: is the host's", `memoryBudget: "lots"`,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nlacks %s", err, want)
		}
	}
}

// TestHostLives: functions come, change and go without a restart, and one whose
// change is broken goes on as it was.
func TestHostLives(t *testing.T) {
	t.Parallel()
	b := newBroker(t)
	b.topics(3)
	wasm := guestbuild.Command(t, mirror)
	precompile(t, wasm)
	file := filepath.Join(t.TempDir(), "mirror.wasm")
	if err := os.WriteFile(file, wasm, 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := b.hosted(3)
	for i := range cfg.Functions {
		cfg.Functions[i].Module.Path = file
	}
	var now atomic.Pointer[contract.HostConfig]
	set := func(functions ...contract.HostFunction) {
		next := cfg
		next.Functions = functions
		now.Store(&next)
	}
	first, second, third := cfg.Functions[0], cfg.Functions[1], cfg.Functions[2]
	set(first, second)
	h, _ := startHost(t, *now.Load(), func(o *options) {
		o.reload, o.reloads = func() (contract.HostConfig, error) { return *now.Load(), nil }, 10*time.Millisecond
	})
	has := func(check func(FunctionStatus) bool, names ...string) func() bool {
		return func() bool {
			list := h.Functions()
			for i, f := range list {
				if len(list) != len(names) || f.Name != names[i] || !check(f) {
					return false
				}
			}
			return len(list) == len(names)
		}
	}
	ready := func(f FunctionStatus) bool { return f.Status == "ready" }
	eventually(t, "two functions", has(ready, "f0", "f1"))

	changed := second
	changed.Sink.Topic = "out2"
	set(second, third)
	eventually(t, "one has gone and one has come", has(ready, "f1", "f2"))
	b.send("in1", "k 1")
	b.read("out1", 1)
	set(changed, third)
	eventually(t, "one has changed", func() bool { return h.list()[0].config.Sink.Topic == "out2" })
	b.send("in1", "k 2")
	b.read("out2", 1)

	broken := changed
	broken.Module.Path = "/no/such/file.wasm"
	wrong := third
	wrong.Name, wrong.OnError.Retries = "f3", -1
	set(broken, third, wrong)
	eventually(t, "it says that the change is not used", func() bool {
		return strings.Contains(fmt.Sprint(h.Functions()[0].Conditions), "the old one goes on")
	})
	eventually(t, "it says that a new one is wrong", func() bool {
		return strings.Contains(fmt.Sprint(h.Health().List()), "onError.retries") && h.Health().Ready()
	})
	b.send("in1", "k 3")
	b.read("out2", 2)
	set(changed, third)
	eventually(t, "all is well again", func() bool { return has(ready, "f1", "f2")() && len(h.Health().List()) == 0 })
}
