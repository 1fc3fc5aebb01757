// SPDX-License-Identifier: Apache-2.0

package dev

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// screen is the progress in the terminal: redrawn in place, or plain lines.
type screen struct {
	lab   *lab
	out   io.Writer
	live  bool
	mu    sync.Mutex
	drawn int    // lines of the block that is redrawn
	plain string // the last plain line
}

func newScreen(l *lab) *screen {
	s := &screen{lab: l, out: l.options.Out, live: l.options.Live && l.options.Events == 0}
	l.journal.told = s.told
	return s
}

// begin prints what runs and where to look.
func (s *screen) begin() {
	l := s.lab
	fmt.Fprintf(s.out, "helm-wasm dev: %s\n", l.options.Name)
	fmt.Fprintf(s.out, "  page    %s\n", l.url)
	fmt.Fprintf(s.out, "  broker  %s, %s\n", strings.Join(l.broker.addrs, ","), l.broker.title())
	for _, name := range l.plan.names() {
		fmt.Fprintf(s.out, "  topic   %s, %s\n", name, plural(l.broker.partitions[name], "partition"))
	}
	for _, entry := range l.journal.list() {
		s.told(entry)
	}
}

// told prints a journal entry above the block.
func (s *screen) told(e Entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.erase()
	name := ""
	if e.Function != "" {
		name = e.Function + ": "
	}
	fmt.Fprintf(s.out, "%s %-5s %s%s\n", e.Time.Format("15:04:05"), e.Kind, name, strings.ReplaceAll(e.Text, "\n", "\n               "))
}

func (s *screen) erase() {
	if s.drawn > 0 {
		fmt.Fprintf(s.out, "\x1b[%dA\x1b[J", s.drawn)
		s.drawn = 0
	}
}

// run shows the functions until ctx is done.
func (s *screen) run(ctx context.Context) {
	every := 5 * time.Second
	if s.live {
		every = sampleEvery
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			s.mu.Lock()
			s.erase()
			s.mu.Unlock()
			fmt.Fprintln(s.out, "stopping: events in flight are finished")
			return
		case <-ticker.C:
		}
		state, _ := s.lab.sampler.last()
		s.draw(state)
	}
}

func (s *screen) draw(state State) {
	lines := describe(state)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.live {
		s.erase()
		for _, line := range lines {
			fmt.Fprintln(s.out, "  "+line)
		}
		s.drawn = len(lines)
		return
	}
	// Without a terminal, print a line only when something has changed.
	var counts strings.Builder
	for _, f := range state.Functions {
		fmt.Fprintf(&counts, "%s %d %d %d %s|", f.Name, f.Processed, f.DeadCount, f.Lag, f.State)
	}
	if counts.String() == s.plain {
		return
	}
	s.plain = counts.String()
	for _, line := range lines {
		fmt.Fprintf(s.out, "%s       %s\n", time.Now().Format("15:04:05"), line)
	}
}

// describe returns one line for each function.
func describe(state State) []string {
	var lines []string
	for _, f := range state.Functions {
		line := fmt.Sprintf("%-20s %-8s %s  lag %-6d %7.0f/s  done %d", f.Name, f.State,
			plural(f.Replicas, "replica"), f.Lag, f.Rate, f.Processed+f.Filtered)
		if f.DeadCount > 0 {
			line += fmt.Sprintf("  dead letters %d", f.DeadCount)
		}
		if len(f.Latency) == 3 && f.Latency[0] > 0 {
			line += fmt.Sprintf("  call p50 %s p99 %s", duration(f.Latency[0]), duration(f.Latency[2]))
		}
		lines = append(lines, line)
	}
	return lines
}

// plural returns a number with its noun.
func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// duration formats seconds with three digits.
func duration(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%d us", d.Microseconds())
	case d < time.Second:
		return fmt.Sprintf("%.1f ms", seconds*1000)
	}
	return fmt.Sprintf("%.2f s", seconds)
}
