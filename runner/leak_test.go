// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/guestbuild"
)

// stacks are the goroutines that run code of the runner, its guests or its client.
func stacks() []string {
	buf := make([]byte, 4<<20)
	buf = buf[:runtime.Stack(buf, true)]
	var found []string
	for _, stack := range strings.Split(string(buf), "\n\n") {
		switch {
		case strings.Contains(stack, "kfake."), strings.Contains(stack, "testing."), strings.Contains(stack, "runner.stacks("):
		case strings.Contains(stack, "helm-wasm/runner"), strings.Contains(stack, "kgo."), strings.Contains(stack, "wazero"), strings.Contains(stack, "internal/deadline"):
			found = append(found, stack)
		}
	}
	return found
}

// TestNoGoroutineLeft starts and stops runners of each ABI and delivery, in
// the middle of work, and looks for what stays.
func TestNoGoroutineLeft(t *testing.T) {
	for _, delivery := range []string{"at-least-once", "exactly-once"} {
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
				_, stop := start(t, cfg, WithModule(module))
				time.Sleep(700 * time.Millisecond)
				if err := stop(); err != nil {
					t.Fatal(err)
				}
				deadline := time.Now().Add(5 * time.Second)
				var left []string
				for left = stacks(); len(left) > before && time.Now().Before(deadline); left = stacks() {
					time.Sleep(20 * time.Millisecond)
				}
				if len(left) > before {
					t.Errorf("%d goroutines left:\n%s", len(left)-before, strings.Join(left, "\n\n"))
				}
			})
		}
	}
}

// TestSoak holds memory flat under steady work with failures. SOAK sets its
// time: `make soak` runs ten minutes, tests a few seconds.
func TestSoak(t *testing.T) {
	length := 5 * time.Second
	if text := os.Getenv("SOAK"); text != "" {
		var err error
		if length, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	b := newBroker(t)
	cfg := b.config()
	cfg.OnError.Retries = 0
	cfg.OnError.Action = "drop"
	_, stop := start(t, cfg, WithModule(guestbuild.Command(t, mirror)))
	ctx, cancel := context.WithTimeout(context.Background(), length)
	defer cancel()
	var half, peak uint64
	sent := 0
	began := time.Now()
	value := []byte("payload " + strings.Repeat("x", 1000))
	for next := began; ctx.Err() == nil; sent++ {
		r := &kgo.Record{Topic: "in", Key: fmt.Appendf(nil, "k%d", sent%97), Value: value}
		if sent%5000 == 4999 {
			r.Value = []byte("panic now and then")
		}
		b.client.Produce(ctx, r, nil)
		// The broker keeps everything in memory, so the rate is modest and
		// what was read is deleted.
		if sent%200 == 0 {
			time.Sleep(20 * time.Millisecond)
		}
		if time.Now().After(next) {
			next = time.Now().Add(length / 20)
			b.truncate()
			heap := liveHeap()
			switch elapsed := time.Since(began); {
			case elapsed < length/2:
				half = max(half, heap)
			default:
				peak = max(peak, heap)
			}
		}
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d events in %s: heap at most %d MiB in the first half, %d MiB in the second", sent, length, half>>20, peak>>20)
	if peak > half+half/2+16<<20 {
		t.Errorf("memory grew from %d to %d MiB", half>>20, peak>>20)
	}
}

func liveHeap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
