// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
)

func init() { register("cold start", coldStart) }

var (
	startLine  = regexp.MustCompile(`cold start \((.*); medians of \d+ runs.*?\): (.*)`)
	phaseWords = regexp.MustCompile(`(\w+) (\d+) (ms|MB)`)
)

// coldSmall is the module for which there are targets, as the test names it.
const coldSmall = "Rust, 62 KB"

// coldStart starts runners against a real Kafka: from the start of the process
// to the first event, with compiled code at hand, and the memory then and
// after 20,000 events. The test gives medians.
func coldStart(e *Env) ([]Result, error) {
	cmd := exec.CommandContext(e, "go", "test", "-count=1", "-v", "-run", "^TestRealKafka$/^(topics|cold_start)$", "./internal/runner/")
	cmd.Dir = e.Root
	cmd.Env = append(os.Environ(), "KAFKA_REQUIRED=1", "COLD_STARTS="+strconv.Itoa(e.Runs))
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("starting runners against Kafka: %w\n%s", err, out)
	}
	return readColdStart(string(out), e.Runs)
}

// coldNames says what a figure is where its short name does not.
var coldNames = map[string]string{
	"first_event": "first event done, on the clock", "cpu": "CPU time until stopped",
	"rss": "memory at the first event", "rss_loaded": "memory after 20,000 events of 1 KB", "rss_peak": "peak memory with 20,000 events",
}

// readColdStart reads the lines that the test logs.
func readColdStart(out string, runs int) ([]Result, error) {
	var results []Result
	for _, m := range startLine.FindAllStringSubmatch(out, -1) {
		for _, p := range phaseWords.FindAllStringSubmatch(m[2], -1) {
			figure, err := strconv.ParseFloat(p[2], 64)
			if err != nil {
				return nil, err
			}
			name := p[1]
			if coldNames[name] != "" {
				name = coldNames[name]
			}
			r := Result{Name: "cold start, " + m[1] + ": " + name, Ours: figure, Unit: p[3], Runs: runs}
			switch {
			case m[1] != coldSmall:
			case p[1] == "first_event":
				r = r.atMost(150)
			case p[1] == "rss", p[1] == "rss_loaded":
				r = r.atMost(64)
			}
			results = append(results, r)
		}
	}
	if len(results) == 0 {
		return nil, errors.New("reading the cold start: the test printed none")
	}
	promises := 0
	for _, r := range results {
		if r.Met != nil {
			promises++
		}
	}
	if promises != 3 {
		return nil, fmt.Errorf("reading the cold start: the test printed %d of the 3 figures of %q that have a target", promises, coldSmall)
	}
	return results, nil
}
