// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
)

func init() { register("cold start", coldStart) }

var (
	startLine  = regexp.MustCompile(`cold start \d+: seconds to (.*); resident \[(\d+) kB\]`)
	phaseWords = regexp.MustCompile(`([a-z ]+) ([\d.]+)`)
)

// coldStart starts runners against a real Kafka: from the start of the process
// to the first event, with compiled code at hand, and the memory then.
func coldStart(e *Env) ([]Result, error) {
	phases, memory := map[string][]float64{}, []float64{}
	for range (e.Runs + 2) / 3 { // the test starts three runners
		cmd := exec.CommandContext(e, "go", "test", "-count=1", "-v", "-run", "^TestRealKafka$/^(topics|cold_start)$", "./runner/")
		cmd.Dir = e.Root
		out, err := cmd.CombinedOutput()
		if err != nil {
			return nil, fmt.Errorf("starting runners against Kafka: %w\n%s", err, out)
		}
		for _, m := range startLine.FindAllStringSubmatch(string(out), -1) {
			for _, p := range phaseWords.FindAllStringSubmatch(m[1], -1) {
				seconds, err := strconv.ParseFloat(p[2], 64)
				if err != nil {
					return nil, err
				}
				name := p[1]
				if name[0] == ' ' {
					name = name[1:]
				}
				phases[name] = append(phases[name], 1000*seconds)
			}
			kilobytes, err := strconv.ParseFloat(m[2], 64)
			if err != nil {
				return nil, err
			}
			memory = append(memory, kilobytes/1024)
		}
	}
	if len(memory) == 0 || len(phases["first event"]) != len(memory) {
		return nil, errors.New("reading the cold start: the test printed none")
	}
	var results []Result
	for _, p := range []struct{ name, text string }{
		{"module", "module read"}, {"compiled", "machine code loaded"}, {"instance", "instance ready"},
		{"brokers", "brokers answer"}, {"assigned", "partitions assigned"},
	} {
		results = append(results, Result{Name: "cold start, from process start: " + p.text, Ours: median(phases[p.name]), Unit: "ms", Runs: len(phases[p.name])})
	}
	return append(
		results,
		Result{Name: "cold start, from process start: first event done", Ours: median(phases["first event"]), Unit: "ms", Runs: len(memory)}.atMost(150),
		Result{Name: "resident memory then, small module", Ours: median(memory), Unit: "MiB", Runs: len(memory)}.atMost(64),
	), nil
}
