// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"fmt"
	"os"
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
	if err := timeline(filepath.Join(e.out, "scale"), "hello: 50,000 events", samples); err != nil {
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

// timeline writes samples as name.csv and name.svg.
func timeline(name, title string, samples []sample) error {
	if len(samples) == 0 {
		return fmt.Errorf("writing timeline: no samples")
	}
	var csv, svg strings.Builder
	csv.WriteString("seconds,lag,desired,replicas,ready,processed\n")
	for _, s := range samples {
		fmt.Fprintf(&csv, "%.1f,%d,%d,%d,%d,%d\n", s.at.Seconds(), s.lag, s.desired, s.replicas, s.readyPods, s.processed)
	}
	const width, height, left = 900.0, 220.0, 60.0
	series := []struct {
		label, colour string
		value         func(sample) float64
	}{
		{"lag", "#b3261e", func(s sample) float64 { return float64(s.lag) }},
		{"processed", "#1e6bb3", func(s sample) float64 { return float64(s.processed) }},
		{"desired replicas", "#999999", func(s sample) float64 { return float64(s.desired) }},
		{"replicas", "#e08a00", func(s sample) float64 { return float64(s.replicas) }},
		{"ready replicas", "#2e8b57", func(s sample) float64 { return float64(s.readyPods) }},
	}
	end := samples[len(samples)-1].at.Seconds()
	fmt.Fprintf(&svg, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" font-family="sans-serif" font-size="12"><text x="10" y="20">%s, %.0f s</text>`, width, 3*height, title, end)
	panels := [][]int{{0, 1}, {2, 3, 4}}
	for p, members := range panels {
		top := 40 + float64(p)*(height+60)
		most := 1.0
		for _, m := range members {
			for _, s := range samples {
				most = max(most, series[m].value(s))
			}
		}
		fmt.Fprintf(&svg, `<rect x="%.0f" y="%.0f" width="%.0f" height="%.0f" fill="none" stroke="#ccc"/><text x="5" y="%.0f">%.0f</text><text x="5" y="%.0f">0</text>`, left, top, width-left-20, height, top+10, most, top+height)
		for i, m := range members {
			fmt.Fprintf(&svg, `<text x="%.0f" y="%.0f" fill="%s">%s</text><polyline fill="none" stroke="%s" stroke-width="2" points="`, left+float64(i)*140, top+height+16, series[m].colour, series[m].label, series[m].colour)
			for _, s := range samples {
				fmt.Fprintf(&svg, "%.1f,%.1f ", left+s.at.Seconds()/end*(width-left-20), top+height-series[m].value(s)/most*height)
			}
			svg.WriteString(`"/>`)
		}
	}
	svg.WriteString("</svg>\n")
	if err := os.WriteFile(name+".csv", []byte(csv.String()), 0o644); err != nil {
		return fmt.Errorf("writing timeline: %w", err)
	}
	if err := os.WriteFile(name+".svg", []byte(svg.String()), 0o644); err != nil {
		return fmt.Errorf("writing timeline: %w", err)
	}
	return nil
}
