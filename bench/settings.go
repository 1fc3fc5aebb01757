// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// setting is one of Redpanda Connect's pipeline: what differs from
// connect/pipeline.yaml, as pairs of an old and a new text.
type setting struct {
	name  string
	edits []string
}

const (
	franzInput  = "input:\n  kafka_franz:"
	franzBatch  = "    batching:\n      count: 2000\n      period: 100ms\n"
	franzLimit  = "    checkpoint_limit: 16384\n"
	oneThread   = "threads: 1\n"
	oneInFlight = "max_in_flight: 1\n"
)

// settings are those that were tried for the pipeline, the chosen one first.
var settings = []setting{
	{"as in bench/connect/pipeline.yaml", nil},
	{"input: batches of 250", []string{"count: 2000", "count: 250"}},
	{"input: batches of 1000", []string{"count: 2000", "count: 1000"}},
	{"input: batches of 8000", []string{"count: 2000", "count: 8000"}},
	{
		"input: no batches; output: batches of 1000, 1000 in flight",
		[]string{franzBatch, "", oneInFlight, "max_in_flight: 1000\n    batching: {count: 1000, period: 50ms}\n"},
	},
	{"input: checkpoint_limit 1024, its default, with batches of 1000", []string{"count: 2000", "count: 1000", franzLimit, ""}},
	{
		"a thread for each core, 64 batches in flight (order is lost)",
		[]string{oneThread, "threads: -1\n", oneInFlight, "max_in_flight: 64\n"},
	},
	{
		"input redpanda (keeps the order on its own), a thread for each core, 64 in flight",
		[]string{
			franzInput, "input:\n  redpanda:", franzBatch, "", franzLimit, "", oneThread, "threads: -1\n", oneInFlight,
			"max_in_flight: 64\n",
		},
	},
	{
		"the same with 64 MB of buffer for each partition",
		[]string{
			franzInput, "input:\n  redpanda:", franzBatch, "", franzLimit, "    partition_buffer_bytes: 64MB\n",
			oneThread, "threads: -1\n", oneInFlight, "max_in_flight: 64\n",
		},
	},
	{"output: compression lz4", []string{oneInFlight, "max_in_flight: 1\n    compression: lz4\n"}},
}

// apply returns the pipeline's text.
func (s setting) apply(text string) (string, error) {
	for i := 0; i < len(s.edits); i += 2 {
		if !strings.Contains(text, s.edits[i]) {
			return "", fmt.Errorf("setting %q: the pipeline has no %q", s.name, s.edits[i])
		}
		text = strings.Replace(text, s.edits[i], s.edits[i+1], 1)
	}
	return text, nil
}

// connectPipeline returns the pipeline of a setting, for programs to complete.
func (e *Env) connectPipeline(s setting) (string, error) {
	text, err := os.ReadFile(filepath.Join(e.Root, "bench", "connect", "pipeline.yaml"))
	if err != nil {
		return "", err
	}
	return s.apply(string(text))
}

// compareSettings measures the settings with the cheapest enrichment, where they
// matter most, and prints them.
func compareSettings(e *Env) error {
	f, err := openFlow(e)
	if err != nil {
		return err
	}
	defer f.close()
	s := styles[0]
	sides := []side{f.runner(s)}
	names := []string{"helm-wasm"}
	for _, setting := range settings {
		pipeline, err := e.connectPipeline(setting)
		if err != nil {
			return err
		}
		sides, names = append(sides, f.connect(s, pipeline)), append(names, setting.name)
	}
	figures, err := f.inTurn(s, sides)
	if err != nil {
		return err
	}
	fmt.Println("| Setting | CPU for one event | events in a second, on the clock | peak memory |\n|---|---|---|---|")
	for i, m := range figures {
		fmt.Printf("| %s | %s us | %s | %s MB |\n", names[i], number(round(1e6/m.rate)), number(m.clock), number(m.memory))
	}
	return nil
}
