// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
)

func init() { register("time limit", timeLimit) }

var limitLine = regexp.MustCompile(`(?m)^BenchmarkCall/(\w+)/([\w-]+?)(?:-\d+)?\s.*?([\d.]+) cpu-ns/op`)

// timeLimit measures what a call's time limit costs in processor time: with the
// checks that the runner inserts, with wazero's own limit, and without any.
func timeLimit(e *Env) ([]Result, error) {
	cmd := exec.CommandContext(e, "go", "test", "-run", "^$", "-bench", "BenchmarkCall", "-benchtime",
		"0.5s", "-count", strconv.Itoa(e.Runs), "./internal/deadline/")
	cmd.Dir = e.Root
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("benchmarking the time limit: %w\n%s", err, out)
	}
	samples := map[string][]float64{}
	for _, m := range limitLine.FindAllStringSubmatch(string(out), -1) {
		ns, err := strconv.ParseFloat(m[3], 64)
		if err != nil {
			return nil, err
		}
		samples[m[1]+"/"+m[2]] = append(samples[m[1]+"/"+m[2]], ns/1e3)
	}
	var results []Result
	for _, job := range []struct{ name, text string }{
		{"job", "JSON, maps and strings"}, {"sum", "a tight loop"}, {"match", "regular expressions"}, {"fib", "recursive calls"},
	} {
		for _, way := range []struct{ name, text string }{
			{"plain", "no limit at all"}, {"close-on-done", "wazero's WithCloseOnContextDone"},
		} {
			r := Result{
				Name: "a call with a time limit, Go guest: " + job.text, Ours: median(samples[job.name+"/instrumented"]),
				Theirs: median(samples[job.name+"/"+way.name]), Against: way.text, Unit: "us of CPU", Runs: e.Runs,
			}
			if r.Ours == 0 || r.Theirs == 0 {
				return nil, fmt.Errorf("the benchmarks of the time limit gave no figure for %s", job.name)
			}
			results = append(results, r)
		}
	}
	return results, nil
}
