// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// sample is one row of a timeline.
type sample struct {
	at                           time.Duration
	lag, processed               int64
	desired, replicas, readyPods int
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// fresh is a number that no event of an earlier run has.
func fresh() int { return int(time.Now().UnixMilli()) * 1000 }

func event(i int) (key, value []byte) {
	id := strconv.Itoa(i)
	return []byte(id), []byte("n" + id)
}

var eventID = regexp.MustCompile(`n(\d+)`)

// count tells how many of n numbered events are missing and how many came twice.
func count(records []*kgo.Record, from, n int) (missing, duplicates int) {
	seen := make(map[int]int, n)
	for _, r := range records {
		if m := eventID.FindSubmatch(r.Value); m != nil {
			seen[atoi(string(m[1]))]++
		}
	}
	for i := from; i < from+n; i++ {
		switch c := seen[i]; {
		case c == 0:
			missing++
		default:
			duplicates += c - 1
		}
	}
	return missing, duplicates
}

func scale(e *env, t *testing.T) string {
	const n, partitions = 50_000, 6
	b := e.kafka(t, bootstrap)
	before, err := b.end(t.Context(), "greetings.clean") // connects, too, before the clock runs
	if err != nil {
		t.Fatal(err)
	}
	first := fresh()
	deployment := "deployment/shop-hello"
	eventually(t, "no replicas before the first event", func() error {
		if r := e.get(t.Context(), base, deployment, "{.status.replicas}"); atoi(r) != 0 {
			return fmt.Errorf("%s replicas", r)
		}
		return nil
	})
	var (
		mu      sync.Mutex
		samples []sample
	)
	begin := time.Now()
	ctx, cancel := context.WithCancel(t.Context())
	var done sync.WaitGroup
	done.Go(func() {
		for ctx.Err() == nil {
			s := sample{at: time.Since(begin)}
			f := strings.Split(e.get(ctx, base, deployment, "{.spec.replicas}/{.status.replicas}/{.status.readyReplicas}"), "/")
			if len(f) == 3 {
				s.replicas, s.readyPods = atoi(f[1]), atoi(f[2])
			}
			s.desired = atoi(e.get(ctx, base, "hpa/keda-hpa-shop-hello", "{.status.desiredReplicas}"))
			s.lag, _ = b.lag(ctx, "shop.shop-hello", "names")
			if end, err := b.end(ctx, "greetings.clean"); err == nil {
				s.processed = end - before
			}
			if ctx.Err() != nil {
				return // it may lack what was asked last
			}
			mu.Lock()
			samples = append(samples, s)
			mu.Unlock()
			select {
			case <-ctx.Done():
			case <-time.After(500 * time.Millisecond):
			}
		}
	})
	var breakdown string
	done.Go(func() {
		for ctx.Err() == nil && breakdown == "" {
			breakdown = e.start(ctx, begin)
			time.Sleep(300 * time.Millisecond)
		}
	})
	b.produce(t, "names", n, func(i int) (key, value []byte) { return event(first + i) })
	produced := time.Since(begin)
	drained := eventually(t, "all results in greetings.clean", func() error {
		end, err := b.end(t.Context(), "greetings.clean")
		if err == nil && end-before < n {
			err = fmt.Errorf("%d of %d", end-before, n)
		}
		return err
	})
	atZero := eventually(t, "zero replicas after the cooldown", func() error {
		if r := e.get(t.Context(), base, deployment, "{.status.replicas}"); atoi(r) != 0 {
			return fmt.Errorf("%s replicas", r)
		}
		return nil
	})
	cancel()
	done.Wait()
	most, delay := 0, time.Duration(0)
	for _, s := range samples {
		most = max(most, s.replicas)
		if delay == 0 && s.processed > 0 {
			delay = s.at
		}
	}
	missing, duplicates := count(b.read(t, "greetings.clean"), first, n)
	if err := timeline(filepath.Join(e.out, "scale"), "50,000 events, from zero replicas and back", samples); err != nil {
		t.Error(err)
	}
	if missing > 0 {
		t.Errorf("%d of %d events have no result", missing, n)
	}
	if most != partitions {
		t.Errorf("%d replicas at most, want %d: lag %d with threshold 2000, capped by %d partitions", most, partitions, n, partitions)
	}
	return fmt.Sprintf("produced in %.1f s; first pod %s; first result after %.1f s, all after %.0f s, 0 -> %d -> 0 replicas, at zero %.0f s later, %d missing, %d twice",
		produced.Seconds(), breakdown, delay.Seconds(), (produced + drained).Seconds(), most, atZero.Seconds(), missing, duplicates)
}

// start tells when the first pod came to be and was scheduled, started and
// ready, in seconds (Kubernetes keeps no finer ones) after the first event; it
// is "" until the pod is ready.
func (e *env) start(ctx context.Context, begin time.Time) string {
	out := e.get(ctx, base, "pods", `{range .items[?(@.metadata.labels.helm-wasm\.dev/function=="hello")]}{.metadata.creationTimestamp} {.status.conditions[?(@.type=="PodScheduled")].lastTransitionTime} {.status.containerStatuses[0].state.running.startedAt} {.status.conditions[?(@.type=="Ready")].lastTransitionTime} {.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}`)
	for line := range strings.Lines(out) {
		f := strings.Fields(line)
		if len(f) != 5 || f[4] != "True" {
			continue
		}
		var after []any
		for _, stamp := range f[:4] {
			at, err := time.Parse(time.RFC3339, stamp)
			if err != nil {
				return ""
			}
			after = append(after, max(0, at.Sub(begin.Truncate(time.Second)).Seconds()))
		}
		return fmt.Sprintf("made after %.0f s (KEDA's poll), scheduled %.0f s, container started %.0f s, ready %.0f s", after...)
	}
	return ""
}
