// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
)

func TestMeasure(t *testing.T) {
	e := &Env{Context: context.Background(), Runs: 1}
	event, err := enrichEvent()
	if err != nil || len(event) < 900 || len(event) > 1200 {
		t.Fatalf("the event has %d bytes: %v", len(event), err)
	}
	s, err := measure(e, event, native)
	if err != nil || s.Rate <= 0 || s.P50 <= 0 || s.P99 < s.P50 {
		t.Errorf("%+v, %v", s, err)
	}
	// A side that does not do the work is not measured.
	lazy := func(records []*kgo.Record, done func([]byte)) error {
		for _, r := range records {
			done(r.Value)
		}
		return nil
	}
	if _, err := measure(e, event, lazy); err == nil || !strings.Contains(err.Error(), "the function gave") {
		t.Errorf("a lazy function: %v", err)
	}
	lost := func([]*kgo.Record, func([]byte)) error { return nil }
	if _, err := measure(e, event, lost); err == nil || !strings.Contains(err.Error(), "0 events came back") {
		t.Errorf("a function that loses events: %v", err)
	}
	broken := errors.New("broken")
	if _, err := measure(e, event, func([]*kgo.Record, func([]byte)) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestReadsFigures(t *testing.T) {
	if m := limitLine.FindStringSubmatch("BenchmarkCall/job/close-on-done-2  \t 6 \t 1790 ns/op\t  8888.5 " +
		"cpu-ns/op\n"); m == nil || m[1] != "job" || m[2] != "close-on-done" || m[3] != "8888.5" {
		t.Errorf("%q", m)
	}
}

func TestReadColdStart(t *testing.T) {
	const line = "    coldstart_test.go:67: cold start (Rust, 62 KB; medians of 5 runs, each from the process's start): " +
		"exec 8 ms, first_event 120 ms, rss 47 MB, rss_loaded 65 MB\n" +
		"    coldstart_test.go:67: cold start (Go, 3.4 MB; medians of 5 runs, each from the process's start): exec 8 ms, " +
		"first_event 320 ms, rss 77 MB\n"
	results, err := readColdStart(line, 5)
	if err != nil || len(results) != 7 {
		t.Fatalf("%v, %v", results, err)
	}
	for i, want := range []string{
		"exec: 8 ms", "first event done, on the clock: 120 ms, target met", "first event: 47 MB, target met",
		"20,000 events of 1 KB: 65 MB, TARGET MISSED", "exec: 8 ms", "320 ms", "77 MB",
	} {
		if got := results[i].String(); !strings.Contains(got, want) {
			t.Errorf("%q does not say %q", got, want)
		}
	}
	if results[5].Met != nil {
		t.Error("a large module has a target")
	}
	for _, bad := range []string{"", strings.ReplaceAll(line, "rss_loaded 65 MB", "")} {
		if _, err := readColdStart(bad, 5); err == nil {
			t.Errorf("no error for %q", bad)
		}
	}
}
