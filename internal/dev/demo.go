// SPDX-License-Identifier: Apache-2.0

package dev

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/helm-wasm/helm-wasm/contract"
)

// demo sends events through the stack, waits until all of them are through, and
// reports the outcome. It fails when an event has no result and is not accounted for.
func (l *lab) demo(ctx context.Context) error {
	limit, cancel := context.WithTimeout(ctx, l.options.Timeout)
	defer cancel()
	if err := l.await(limit, "the functions to start", l.allRunning); err != nil {
		return err
	}
	out := l.options.Out
	start := time.Now()
	sent := map[string][]string{}
	entries := l.entries()
	for i, topic := range entries {
		n := l.options.Events / len(entries)
		if i == 0 {
			n += l.options.Events % len(entries)
		}
		for n > 0 {
			part := min(n, 1000)
			ids, err := l.send(limit, l.burst(topic, part), false)
			if err != nil {
				return err
			}
			sent[topic] = append(sent[topic], ids...)
			n -= part
		}
		fmt.Fprintf(out, "sent %d events to %s\n", len(sent[topic]), topic)
	}
	quiet, before := 0, ""
	err := l.await(limit, "all events to be through", func() (bool, error) {
		state, _ := l.sampler.last()
		if state.Now.Before(start.Add(sampleEvery)) {
			return false, nil
		}
		now := fmt.Sprint(state.Topics)
		for _, f := range state.Functions {
			if f.Lag > 0 {
				quiet = 0
				return false, nil
			}
		}
		if now != before {
			quiet, before = 0, now
		}
		quiet++
		return quiet > 12, nil
	})
	if err != nil {
		return err
	}
	return l.report(sent, start, l.traces.lastAt().Sub(start))
}

// report prints the outcome and checks that nothing is missing.
func (l *lab) report(sent map[string][]string, start time.Time, took time.Duration) error {
	out := l.options.Out
	state, _ := l.sampler.last()
	fmt.Fprintln(out)
	for _, line := range describe(state) {
		fmt.Fprintln(out, "  "+line)
	}
	fmt.Fprintln(out)
	var missing []string
	for _, topic := range l.entries() {
		results, dead, open := l.traces.outcome(sent[topic])
		quiet := int64(0)
		for _, f := range state.Functions {
			if f.Source == topic {
				quiet += f.Filtered + f.Dropped
			}
		}
		fmt.Fprintf(out, "  %-20s %d sent: %d with a result, %d dead letters, %d without output\n",
			topic, len(sent[topic]), results, dead, open)
		if int64(open) > quiet {
			missing = append(missing, fmt.Sprintf("%d of %s", int64(open)-quiet, topic))
		}
		if results == 0 && len(sent[topic]) > 0 && !l.sinkless(topic) {
			missing = append(missing, "every result of "+topic)
		}
	}
	for _, topic := range state.Topics {
		fmt.Fprintf(out, "  %-20s %d records\n", topic.Name, topic.Records)
		if topic.Dead && topic.Records > 0 {
			l.showDead(topic.Name)
		}
	}
	if q := l.traces.latency(start, 0.5, 0.95, 0.99); q != nil {
		fmt.Fprintf(out, "  from produced to read back: p50 %s, p95 %s, p99 %s\n", duration(q[0]), duration(q[1]), duration(q[2]))
	}
	fmt.Fprintf(out, "  %d events through in %s, %.0f events/s, broker and page included\n",
		l.options.Events, duration(took.Seconds()), float64(l.options.Events)/took.Seconds())
	if len(missing) > 0 {
		return fmt.Errorf("events are missing: %s", strings.Join(missing, ", "))
	}
	return nil
}

// showDead prints the reason of the last dead letter.
func (l *lab) showDead(topic string) {
	for _, r := range l.observer.last(topic, 1) {
		for _, h := range r.Headers {
			if h[0] == "helm-wasm-error" {
				fmt.Fprintf(l.options.Out, "  %-20s the last one, after %s: %s\n", "", origin(r), h[1])
			}
		}
	}
}

func origin(r Record) string {
	at := map[string]string{}
	for _, h := range r.Headers {
		at[h[0]] = h[1]
	}
	return fmt.Sprintf("%s attempts of %s/%s offset %s", at["helm-wasm-attempts"],
		at["helm-wasm-topic"], at["helm-wasm-partition"], at["helm-wasm-offset"])
}

// entries returns the topics that functions read and no function writes, or, in a
// circle, all that functions read.
func (l *lab) entries() []string {
	written, reads := map[string]bool{}, map[string]bool{}
	for _, f := range l.plan.functions {
		reads[f.Source.Topic] = true
		for _, topic := range outputs(f) {
			written[topic] = true
		}
	}
	var first, all []string
	for _, topic := range l.plan.names() {
		if reads[topic] {
			all = append(all, topic)
			if !written[topic] {
				first = append(first, topic)
			}
		}
	}
	if len(first) == 0 {
		return all
	}
	return first
}

func (l *lab) sinkless(topic string) bool {
	for _, f := range l.plan.functions {
		if f.Source.Topic == topic && hasSink(f) {
			return false
		}
	}
	return true
}

func hasSink(f contract.RunnerConfig) bool { return len(outputs(f)) > 0 }

// allRunning fails when a function cannot start.
func (l *lab) allRunning() (bool, error) {
	all := true
	for _, f := range l.functions {
		var s FunctionState
		f.fill(&s)
		if s.State == stateFailed || s.State == stateWaiting {
			return false, fmt.Errorf("function %q does not run: %s", f.cfg.Name, s.Reason)
		}
		// The first events should not wait for the group to form.
		all = all && s.State == stateRunning &&
			(f.cfg.Delivery == "exactly-once" || f.assigned() >= l.broker.partitions[f.cfg.Source.Topic])
	}
	return all, nil
}

func (l *lab) await(ctx context.Context, what string, done func() (bool, error)) error {
	for {
		ok, err := done()
		if err != nil || ok {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w", what, context.Cause(ctx))
		case <-time.After(100 * time.Millisecond):
		}
	}
}
