// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

func TestEvents(t *testing.T) {
	for n := range 3 {
		event, err := orderEvent(n)
		if err != nil || len(event) < 900 || len(event) > 1200 {
			t.Errorf("event %d has %d bytes: %v", n, len(event), err)
		}
		list, err := listEvent(n)
		if err != nil || numberOf(event) != n || numberOf(list) != n {
			t.Errorf("event %d has the numbers %d and %d: %v", n, numberOf(event), numberOf(list), err)
		}
		more := append(bytes.TrimSuffix(event, []byte("}")), []byte(`,"region":"eu"}`)...)
		again, err := orderEvent(n)
		if err != nil || enriched(again, more) != nil || enriched(again, again) == nil || enriched(again, event[:20]) == nil {
			t.Errorf("event %d: %v", n, enriched(again, more))
		}
	}
	for _, text := range []string{"", "{}", `{"id":"order-x"}`} {
		if n := numberOf([]byte(text)); n != -1 {
			t.Errorf("%q has the number %d", text, n)
		}
	}
}

// A program that loses, repeats or changes events is not measured.
func TestFlowResult(t *testing.T) {
	event, err := listEvent(1)
	if err != nil {
		t.Fatal(err)
	}
	f, s := &flow{content: 1}, style{event: listEvent, result: unchanged}
	good := &kgo.Record{Key: keyOf(1), Value: event}
	if err := f.result(s, good, make([]bool, 2)); err != nil {
		t.Error(err)
	}
	for _, tc := range []struct {
		want   string
		result *kgo.Record
		seen   []bool
	}{
		{"event 1 has two results", good, []bool{false, true}},
		{"has the key", &kgo.Record{Key: []byte("other"), Value: event}, make([]bool, 2)},
		{"no event makes", &kgo.Record{Key: keyOf(1), Value: []byte("x")}, make([]bool, 2)},
		{"no event makes", good, make([]bool, 1)},
		{"became", &kgo.Record{Key: keyOf(1), Value: append(event[:len(event):len(event)], ' ')}, make([]bool, 2)},
	} {
		if err := f.result(s, tc.result, tc.seen); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("got %v, want %q", err, tc.want)
		}
	}
}

func TestSettings(t *testing.T) {
	e := &Env{Root: ".."}
	seen := map[string]bool{}
	for _, s := range settings {
		text, err := e.connectPipeline(s)
		if err != nil {
			t.Error(err)
		}
		if seen[text] {
			t.Errorf("setting %q is another's", s.name)
		}
		seen[text] = true
	}
	if _, err := (setting{"x", []string{"no such line", ""}}).apply("a: b"); err == nil {
		t.Error("an edit that does nothing is not an error")
	}
}

func TestMedianOf(t *testing.T) {
	got := medianOf([]flowFigures{{used: 1, clock: 30, memory: 5}, {used: 3, clock: 10, memory: 7}, {used: 2, clock: 20, memory: 6}})
	if want := (flowFigures{used: 2, clock: 20, memory: 6}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestCPUTimeOf(t *testing.T) {
	cmd := exec.Command("sh", "-c", "while :; do :; done")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Wait() }()
	defer func() { _ = cmd.Process.Kill() }()
	var used time.Duration
	for end := time.Now().Add(2 * time.Minute); used <= 10*time.Millisecond && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		var err error
		if used, err = cpuTimeOf(cmd.Process); err != nil {
			t.Fatal(err)
		}
	}
	if used <= 10*time.Millisecond {
		t.Errorf("a busy process uses %v", used)
	}
	if _, err := cpuTimeOf(&os.Process{Pid: 1 << 28}); err == nil {
		t.Error("no error without such a process")
	}
}
