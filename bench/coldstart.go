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

// coldStart starts runners against a real Kafka: from the start of the process
// to the first event, with compiled code at hand, and the memory then. The
// test gives medians.
func coldStart(e *Env) ([]Result, error) {
	cmd := exec.CommandContext(e, "go", "test", "-count=1", "-v", "-run", "^TestRealKafka$/^(topics|cold_start)$", "./runner/")
	cmd.Dir = e.Root
	cmd.Env = append(os.Environ(), "COLD_STARTS="+strconv.Itoa(e.Runs))
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("starting runners against Kafka: %w\n%s", err, out)
	}
	var results []Result
	for _, m := range startLine.FindAllStringSubmatch(string(out), -1) {
		for _, p := range phaseWords.FindAllStringSubmatch(m[2], -1) {
			figure, err := strconv.ParseFloat(p[2], 64)
			if err != nil {
				return nil, err
			}
			r := Result{Name: "cold start, " + m[1] + ": " + p[1], Ours: figure, Unit: p[3], Runs: e.Runs}
			switch p[1] {
			case "first_event":
				r = r.atMost(150)
			case "rss":
				r = r.atMost(64)
			}
			results = append(results, r)
		}
	}
	if len(results) == 0 {
		return nil, errors.New("reading the cold start: the test printed none")
	}
	return results, nil
}
