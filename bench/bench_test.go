// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMedian(t *testing.T) {
	tests := []struct {
		in   []float64
		want float64
	}{
		{nil, 0},
		{[]float64{3}, 3},
		{[]float64{9, 1, 5}, 5},
		{[]float64{4, 1, 2, 3}, 2.5},
		{[]float64{0.123456}, 0.123},
		{[]float64{123456}, 123000},
	}
	for _, tc := range tests {
		if got := median(tc.in); got != tc.want {
			t.Errorf("median(%v) = %v, want %v", tc.in, got, tc.want)
		}
	}
}

func TestResult(t *testing.T) {
	less := Result{Ours: 2, Theirs: 6, Unit: "s"}
	less.finish()
	more := Result{Ours: 6, Theirs: 2, Unit: "events/s", MoreIsBetter: true}
	more.finish()
	if less.Ratio != 3 || more.Ratio != 3 {
		t.Errorf("ratios %v and %v, want 3: above 1 is better", less.Ratio, more.Ratio)
	}
	if r := less.atMost(1); *r.Met || !strings.Contains(r.String(), "TARGET MISSED") {
		t.Errorf("a missed target is not shown: %s", r)
	}
	if r := less.atLeastTimes(3); !*r.Met {
		t.Errorf("a met target is shown as missed: %s", r)
	}
}

func TestMissed(t *testing.T) {
	good, bad := Result{Name: "good", Ours: 1, Unit: "s"}.atMost(2), Result{Benchmark: "b", Name: "bad", Ours: 3, Unit: "s"}.atMost(2)
	if err := missed([]Result{good, {Name: "free", Ours: 9}}); err != nil {
		t.Error(err)
	}
	err := missed([]Result{good, bad})
	if want := "1 targets are missed (the results are written):\n  b: bad: 3 s, TARGET MISSED: at most " +
		"2 s"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestCompare(t *testing.T) {
	e := &Env{Context: context.Background(), Runs: 3}
	n := 0.0
	next := func() (float64, error) { n++; return n, nil }
	a, b, err := e.compare(next, next)
	if err != nil || a != 3 || b != 4 {
		t.Errorf("medians %v, %v and %v; want 3 and 4, measured in turn", a, b, err)
	}
	broken := errors.New("broken")
	if _, _, err := e.compare(func() (float64, error) { return 0, broken }, nil); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestWriteTable(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	results := []Result{Result{Name: "a", Ours: 1, Theirs: 2, Against: "b", Unit: "s"}.atLeastTimes(2)}
	if err := writeTable(page, results); err == nil {
		t.Error("no error without a page")
	}
	for _, text := range []string{"no markers", tableStart} {
		if err := os.WriteFile(page, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := writeTable(page, results); err == nil {
			t.Errorf("no error for %q", text)
		}
	}
	if err := os.WriteFile(page, []byte("before\n"+tableStart+"\nold\n"+tableEnd+"\nafter\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := writeTable(page, results); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	want := "before\n" + tableStart +
		"\n\n| What | helm-wasm | Compared with | Ratio | Target |\n|---|---|---|---|---|\n| a | 1 s | 2 s (b) | 2 | at " +
		"least 2 times better: met |\n\n" + tableEnd + "\nafter\n"
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
