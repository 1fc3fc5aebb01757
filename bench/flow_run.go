// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// run starts a program, lets it take all events of a topic to a sink of its
// own, stops it, and checks the sink.
func (f *flow) run(s style, side side) (flowFigures, error) {
	ctx, cancel := context.WithTimeout(f.env, flowLimit)
	defer cancel()
	f.sinks++
	sink := fmt.Sprintf("results-%d", f.sinks)
	if err := f.create(ctx, sink); err != nil {
		return flowFigures{}, err
	}
	defer func() { _, _ = f.admin.DeleteTopics(context.WithoutCancel(ctx), sink) }()
	cmd, err := side(s.topic, sink)
	if err != nil {
		return flowFigures{}, err
	}
	figures, err := f.drive(ctx, s, cmd, sink)
	if err == nil {
		err = f.check(ctx, s, sink)
	}
	if err != nil {
		return figures, fmt.Errorf("%s with %d events: %w", filepath.Base(cmd.Path), s.events, err)
	}
	return figures, nil
}

// drive runs the program until all results have arrived.
func (f *flow) drive(ctx context.Context, s style, cmd *exec.Cmd, sink string) (figures flowFigures, err error) {
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		return figures, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	defer func() {
		if err != nil {
			_ = cmd.Process.Kill()
			err = fmt.Errorf("%w\n%s", err, output.String())
		}
	}()
	first, began := 0, time.Time{}
	for done := 0; done < s.events; {
		select {
		case err := <-ended:
			return figures, fmt.Errorf("it ended after %d events: %v", done, err)
		case <-ctx.Done():
			return figures, fmt.Errorf("it has done %d: %w", done, ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
		if done, err = f.written(ctx, sink); err != nil {
			return figures, err
		}
		if first == 0 {
			first, began = done, time.Now()
		}
	}
	figures.clock = float64(s.events-first) / time.Since(began).Seconds()
	used, err := cpuTimeOf(cmd.Process)
	if err != nil {
		return figures, err
	}
	figures.used = used.Seconds()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return figures, err
	}
	select {
	case err = <-ended:
	case <-ctx.Done():
		err = fmt.Errorf("it does not end: %w", ctx.Err())
	}
	if err == nil {
		figures.memory = float64(maxMemory(cmd.ProcessState)) / 1e6
	}
	return figures, err
}

// check reads all results: there is one for each event, with its key, and the
// event's offset is committed.
func (f *flow) check(ctx context.Context, s style, sink string) error {
	committed, err := f.admin.FetchOffsets(ctx, groupOf(sink))
	if err != nil {
		return err
	}
	offsets := 0
	committed.Each(func(o kadm.OffsetResponse) { offsets += int(o.At) })
	if offsets != s.events {
		return fmt.Errorf("offsets of %d are committed", offsets)
	}
	reader, err := kgo.NewClient(kgo.SeedBrokers(f.broker.Addr), kgo.ConsumeTopics(sink), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		return err
	}
	defer reader.Close()
	seen := make([]bool, s.events)
	for left := s.events; left > 0; {
		fetches := reader.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return err
		}
		for _, r := range fetches.Records() {
			if err := f.result(s, r, seen); err != nil {
				return err
			}
			left--
		}
	}
	return nil
}

// result checks one result: it reads the event's number, and compares some in full.
func (f *flow) result(s style, r *kgo.Record, seen []bool) error {
	n := numberOf(r.Value)
	switch {
	case n < 0 || n >= len(seen):
		return fmt.Errorf("no event makes %q", r.Value)
	case seen[n]:
		return fmt.Errorf("event %d has two results", n)
	case !bytes.Equal(r.Key, keyOf(n)):
		return fmt.Errorf("the result of event %d has the key %q, want %q", n, r.Key, keyOf(n))
	}
	seen[n] = true
	if n%f.content != 0 {
		return nil
	}
	event, err := s.event(n)
	if err != nil {
		return err
	}
	return s.result(event, r.Value)
}
