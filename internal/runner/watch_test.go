// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/guestbuild"
)

var deliveries = []string{"at-least-once", "exactly-once"}

// watchEvery makes the watch look often.
func watchEvery(d time.Duration) Option { return func(o *options) { o.watch = d } }

// blocking reports whether the runner is not ready for the one named reason, with
// text in it.
func blocking(r *Runner, name, text string) bool {
	for _, c := range r.Health().List() {
		if c.Name == name && c.Blocks && strings.Contains(c.Reason, text) {
			return !r.Health().Ready()
		}
	}
	return false
}

// wire is the way to the brokers, which can be cut.
type wire struct {
	mu    sync.Mutex
	cut   bool
	conns []net.Conn
}

func (w *wire) dial(ctx context.Context, network, address string) (net.Conn, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cut {
		return nil, fmt.Errorf("dialing %s: %w", address, errors.New("the wire is cut"))
	}
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err == nil {
		w.conns = append(w.conns, conn)
	}
	return conn, err
}

func (w *wire) set(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = cut
	if cut {
		for _, conn := range w.conns {
			_ = conn.Close()
		}
		w.conns = nil
	}
}

// TestOutageShows: an idle runner whose brokers go away says so, and says when they
// are back.
func TestOutageShows(t *testing.T) {
	for _, delivery := range deliveries {
		t.Run(delivery, func(t *testing.T) {
			t.Parallel()
			b := newBroker(t)
			cfg := b.config()
			cfg.Delivery = delivery
			w := &wire{}
			r, _ := start(t, cfg, WithModule(guestbuild.Command(t, mirror)),
				watchEvery(200*time.Millisecond), WithClientOptions(kgo.Dialer(w.dial)))
			b.produce("one")
			b.read("out", 1)
			eventually(t, "ready", r.Health().Ready)
			w.set(true)
			eventually(t, "readiness says that the brokers are gone", func() bool { return blocking(r, "brokers", "the wire is cut") })
			w.set(false)
			// No event comes: only the watch can notice.
			eventually(t, "ready again", func() bool { return r.Health().Ready() && len(r.Health().List()) == 0 })
			b.produce("two")
			b.read("out", 2)
		})
	}
}

// requests counts the requests of a kind that the broker gets from now on.
func (b *testBroker) requests(kind kmsg.Key) (count func() int64) {
	var n atomic.Int64
	b.cluster.ControlKey(int16(kind), func(kmsg.Request) (kmsg.Response, error, bool) {
		b.cluster.KeepControl()
		n.Add(1)
		return nil, nil, false
	})
	return n.Load
}

// TestMissingSource: a source topic that does not exist is waited for, and
// readiness says so.
func TestMissingSource(t *testing.T) {
	for _, delivery := range deliveries {
		t.Run(delivery, func(t *testing.T) {
			t.Parallel()
			b := newBroker(t)
			cfg := b.config()
			cfg.Delivery, cfg.Source.Topic = delivery, "later"
			r, _ := start(t, cfg, WithModule(guestbuild.Command(t, mirror)), watchEvery(200*time.Millisecond))
			eventually(t, "readiness names the source",
				func() bool { return blocking(r, "source", `"later" cannot be read: the topic does not exist`) })
			looks := b.requests(kmsg.Metadata)
			eventually(t, "the brokers are asked again", func() bool { return looks() > 5 })
			if r.Health().Ready() {
				t.Error("ready without a source topic")
			}
			b.create("later")
			eventually(t, "ready", r.Health().Ready)
			if err := b.manual(&kgo.Record{Topic: "later", Value: []byte("x")}); err != nil {
				t.Fatal(err)
			}
			b.read("out", 1)
		})
	}
}

// TestJoinsWithItsModule: a runner whose registry is down takes no partition from
// those that work.
func TestJoinsWithItsModule(t *testing.T) {
	t.Parallel()
	b := newBroker(t)
	r, _ := start(t, b.config(), WithModule(guestbuild.Command(t, mirror)))
	eventually(t, "ready", r.Health().Ready)
	cfg := b.config()
	cfg.Module = contract.RunnerModule{Image: "127.0.0.1:1/x/y:1"}
	second, stop := start(t, cfg)
	eventually(t, "readiness names the module", func() bool { return blocking(second, "module", "connection refused") })
	eventually(t, "the second runner knows the brokers", func() bool {
		return strings.Contains(metric(second, "wasm_runner_cold_start_seconds"), `phase="brokers"`)
	})
	values := make([]string, 40)
	for i := range values {
		values[i] = fmt.Sprint("event ", i)
	}
	b.produce(values...)
	b.read("out", len(values))
	groups, err := kadm.NewClient(b.client).DescribeConsumerGroups(context.Background(), "g")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(groups["g"].Members); n != 1 {
		t.Errorf("%d members, want the one that has its module", n)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// TestStopBeforeBrokers: stopping before the brokers answer leaves nothing open.
func TestStopBeforeBrokers(t *testing.T) {
	t.Parallel()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	cfg := (&testBroker{t: t, cluster: cluster}).config()
	cluster.Close()
	r, stop := start(t, cfg, WithModule(guestbuild.Command(t, mirror)))
	eventually(t, "readiness names the brokers", func() bool { return blocking(r, "brokers", "refused") })
	if err := stop(); err != nil {
		t.Error(err)
	}
}
