// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
)

func init() { register("function calls", functionCalls) }

var benchLine = regexp.MustCompile(`(?m)^Benchmark(\w+)/(\S+?)(?:-\d+)?\s.*?([\d.]+) events/s`)

// functionCalls runs the event loop's Go benchmarks: an enrichment of 1 KB of
// JSON on one core as a native handler, as a transform, and as a WASI command
// with a fresh instance for each event; and whole streams, from topic to topic
// through the same loop, beside a native handler and a plain copy.
func functionCalls(e *Env) ([]Result, error) {
	cmd := exec.CommandContext(e, "go", "test", "-run", "^$", "-bench", "Call|Stream", "-benchtime",
		"2s", "-count", strconv.Itoa(e.Runs), "./internal/runner/")
	cmd.Dir = e.Root
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("benchmarking the event loop: %w\n%s", err, out)
	}
	samples := map[string][]float64{}
	for _, m := range benchLine.FindAllStringSubmatch(string(out), -1) {
		rate, err := strconv.ParseFloat(m[3], 64)
		if err != nil {
			return nil, err
		}
		samples[m[1]+"/"+m[2]] = append(samples[m[1]+"/"+m[2]], rate)
	}
	const handler = "a native Go handler in the same loop"
	var results []Result
	for _, c := range []struct {
		name, ours, theirs, against string
		ratio                       float64 // promised; 0 promises nothing
	}{
		{"JSON enrichment, one core: Go transform", "Call/redpanda_Go", "Call/native_Go", "a native Go handler", 0},
		{"JSON enrichment, one core: Go transform", "Call/redpanda_Go", "Call/wasi_Go", "a fresh WASI instance for each event", 0},
		{"masking card numbers, one core: Rust transform", "Call/redpanda_Rust_redact", "", "", 0},
		{"mirroring 1 KB, one core: Go transform", "Call/redpanda_Go_mirror", "", "", 0},
		{
			"topic to topic: Go transform that mirrors", "Stream/redpanda_Go_mirror", "Stream/copy",
			"franz-go copying without a function", 0,
		},
		{"topic to topic: JSON enrichment, Rust transform", "Stream/redpanda_Rust", "Stream/native_Go", handler, 0.5},
		{
			"topic to topic: JSON enrichment, Rust transform", "Stream/redpanda_Rust", "Stream/copy",
			"franz-go copying without a function", 0,
		},
		{"topic to topic: JSON enrichment, Go transform", "Stream/redpanda_Go", "Stream/native_Go", handler, 0},
	} {
		if len(samples[c.ours]) == 0 || c.theirs != "" && len(samples[c.theirs]) == 0 {
			return nil, fmt.Errorf("the benchmarks of the event loop gave no figure for %s or %s", c.ours, c.theirs)
		}
		r := Result{
			Name: c.name, Ours: median(samples[c.ours]), Theirs: median(samples[c.theirs]), Against: c.against,
			Unit: "events/s", MoreIsBetter: true, Runs: e.Runs,
		}
		if c.ratio > 0 {
			r = r.atLeastRatio(c.ratio)
		}
		results = append(results, r)
	}
	return results, nil
}
