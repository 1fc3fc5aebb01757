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
	lag, greeted, processed      int64 // greeted by the first function, processed by both
	desired, replicas, readyPods int
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// fresh returns a number that no event of an earlier run has.
func fresh() int { return int(time.Now().UnixMilli()) * 1000 }

func event(i int) (key, value []byte) {
	id := strconv.Itoa(i)
	return []byte(id), []byte("n" + id)
}

var eventID = regexp.MustCompile(`n(\d+)`)

// count returns how many of n numbered events are missing and how many came twice.
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
	greetedBefore, err := b.end(t.Context(), "greetings")
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
	pods := e.watch(t, base, "helm-wasm.dev/function=hello")
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
			if end, err := b.end(ctx, "greetings"); err == nil {
				s.greeted = end - greetedBefore
			}
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
	breakdown, call := "", ""
	done.Go(func() {
		for ctx.Err() == nil && call == "" {
			if first, err := pods.first(begin); err == nil {
				breakdown = first.steps(begin)
				call = e.firstCall(ctx, first.name)
			}
			time.Sleep(200 * time.Millisecond)
		}
	})
	t.Cleanup(func() { // also of a run that failed
		cancel()
		done.Wait()
		if err := timeline(filepath.Join(e.out, "scale"), "50,000 events, from zero replicas and back", samples); err != nil {
			t.Error(err)
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
	time.Sleep(time.Second) // for a sample that shows it
	cancel()
	done.Wait()
	most, firstGreeting, firstResult, autoscaled := 0, time.Duration(0), time.Duration(0), time.Duration(0)
	for _, s := range samples {
		most = max(most, s.replicas)
		if autoscaled == 0 && s.desired > 1 {
			autoscaled = s.at
		}
		if firstGreeting == 0 && s.greeted > 0 {
			firstGreeting = s.at
		}
		if firstResult == 0 && s.processed > 0 {
			firstResult = s.at
		}
	}
	missing, duplicates := count(b.read(t, "greetings.clean"), first, n)
	if missing > 0 {
		t.Errorf("%d of %d events have no result", missing, n)
	}
	if most != partitions {
		t.Errorf("%d replicas at most, want %d: lag %d with threshold 2000, capped by %d partitions", most, partitions, n, partitions)
	}
	if breakdown == "" || call == "" {
		t.Errorf("the start of the first pod is not known: %q, %q", breakdown, call)
	}
	return fmt.Sprintf("produced in %.1f s; first pod %s, first event done %s after its process began; first result "+
		"after %.1f s, of both functions after %.1f s, more replicas wanted (HPA) after %.1f s, all results after %.0f s, "+
		"0 -> %d -> 0 replicas, at zero %.0f s later, %d missing, %d twice",
		produced.Seconds(), breakdown, call, firstGreeting.Seconds(), firstResult.Seconds(), autoscaled.Seconds(),
		(produced + drained).Seconds(), most, atZero.Seconds(), missing, duplicates)
}

var firstCall = regexp.MustCompile(`"msg":"first event processed".*"after":"([^"]+)"`)

// firstCall returns what a runner says about its first event: the time since its
// process began; "" until it has had one.
func (e *env) firstCall(ctx context.Context, pod string) string {
	log, err := e.run(ctx, "", e.kubectl, "-n", base, "logs", pod)
	if m := firstCall.FindStringSubmatch(log); err == nil && m != nil {
		return m[1]
	}
	return ""
}
