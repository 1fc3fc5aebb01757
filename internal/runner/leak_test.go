// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/guestbuild"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// stacks returns the goroutines that run code of the runner, its guests or its client.
func stacks() []string {
	buf := make([]byte, 4<<20)
	buf = buf[:runtime.Stack(buf, true)]
	var found []string
	for _, stack := range strings.Split(string(buf), "\n\n") {
		switch {
		case strings.Contains(stack, "kfake."), strings.Contains(stack, "testing."), strings.Contains(stack, "runner.stacks("):
		case strings.Contains(stack, "helm-wasm/runner/"), strings.Contains(stack, "internal/runner"),
			strings.Contains(stack, "kgo."), strings.Contains(stack, "wazero"), strings.Contains(stack, "internal/deadline"),
			strings.Contains(stack, "net/http.(*persistConn)"):
			found = append(found, stack)
		}
	}
	return found
}

// TestNoGoroutineLeft starts and stops runners of each ABI and delivery, in the
// middle of work, and looks for what remains.
func TestNoGoroutineLeft(t *testing.T) {
	for _, delivery := range deliveries {
		for name, module := range map[string][]byte{
			"redpanda": guestbuild.Command(t, mirror),
			"wasi":     guestbuild.Command(t, "./testdata/guests/upper"),
			"extism":   guestbuild.Library(t, "./testdata/guests/plugin"),
		} {
			t.Run(delivery+" "+name, func(t *testing.T) {
				b := newBroker(t)
				b.produce("one", "two", "loop", "fail x", "three")
				b.client.Close() // its goroutines are not the runner's
				before := len(stacks())
				cfg := b.config()
				cfg.Delivery = delivery
				cfg.Limits.Timeout = "1s"
				r, stop := start(t, cfg, WithModule(module))
				eventually(t, "work has begun", func() bool {
					return strings.Contains(metric(r, "wasm_runner_cold_start_seconds"), `phase="first_event"`)
				})
				if err := stop(); err != nil {
					t.Fatal(err)
				}
				noneLeft(t, before)
			})
		}
		t.Run(delivery+" http", func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
				_, _ = io.Copy(w, q.Body)
			}))
			defer server.Close()
			b := newBroker(t)
			b.produce("one", "two", "three")
			b.client.Close()
			before := len(stacks())
			cfg := b.config()
			cfg.Delivery, cfg.ABI, cfg.Module = delivery, "http", contract.RunnerModule{}
			cfg.HTTP = &schema.HTTP{Port: server.Listener.Addr().(*net.TCPAddr).Port}
			r, stop := start(t, cfg)
			eventually(t, "all events processed",
				func() bool { return strings.Contains(metric(r, "wasm_runner_events_total"), `outcome="processed"} 3`) })
			if err := stop(); err != nil {
				t.Fatal(err)
			}
			noneLeft(t, before)
		})
		t.Run(delivery+" without a sink", func(t *testing.T) {
			b := newBroker(t)
			b.produce("one", "two", "three")
			b.client.Close()
			before := len(stacks())
			cfg := b.config()
			cfg.Delivery, cfg.Sink.Topic, cfg.OnError.MaxBackoff = delivery, "nowhere", "100ms"
			r, stop := start(t, cfg, WithModule(guestbuild.Command(t, mirror)), WithGrace(time.Second))
			eventually(t, "readiness says that results wait",
				func() bool { return blocking(r, "sink nowhere", "") || blocking(r, "transactions", `"nowhere"`) })
			if err := stop(); err != nil {
				t.Fatal(err)
			}
			noneLeft(t, before)
		})
	}
}

// noneLeft waits for goroutines of the runner to end.
func noneLeft(t *testing.T, before int) {
	t.Helper()
	deadline := time.Now().Add(guard)
	var left []string
	for left = stacks(); len(left) > before && time.Now().Before(deadline); left = stacks() {
		time.Sleep(20 * time.Millisecond)
	}
	if len(left) > before {
		t.Errorf("%d goroutines left:\n%s", len(left)-before, strings.Join(left, "\n\n"))
	}
}
