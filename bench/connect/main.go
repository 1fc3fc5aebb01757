// SPDX-License-Identifier: Apache-2.0

// Command connect is Redpanda Connect with the components that the benchmarks
// need. With -pipeline it runs a pipeline until SIGTERM. Without, it measures
// the `wasm` processor: it calls the processor itself, with no pipeline around
// it, and prints events per second of processor time, and the time of one event
// in microseconds. The event is on standard input.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"syscall"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"
	_ "github.com/redpanda-data/connect/v4/public/components/wasm" // registers the processor
)

const batch = 100

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}

func run() error {
	file := flag.String("pipeline", "", "run the pipeline of this file")
	module := flag.String("module", "", "the module's file")
	function := flag.String("function", "process", "the module's function")
	during := flag.Duration("time", time.Second, "how long to measure")
	flag.Parse()
	if *file != "" {
		return pipeline(*file)
	}
	event, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	runtime.GOMAXPROCS(1)
	path, err := json.Marshal(*module)
	if err != nil {
		return err
	}
	spec := service.NewConfigSpec().Field(service.NewProcessorField("p"))
	config, err := spec.ParseYAML(fmt.Sprintf("p: {wasm: {module_path: %s, function: %s}}", path, *function), nil)
	if err != nil {
		return err
	}
	processor, err := config.FieldProcessor("p")
	if err != nil {
		return err
	}
	if err := measure(processor, event, batch, *during/4, nil); err != nil { // warm up
		return err
	}
	var many, single []time.Duration
	used := cpuTime()
	if err := measure(processor, event, batch, *during, &many); err != nil {
		return err
	}
	used = cpuTime() - used
	if err := measure(processor, event, 1, *during, &single); err != nil {
		return err
	}
	slices.Sort(single)
	return json.NewEncoder(os.Stdout).Encode(map[string]float64{
		"rate": float64(len(many)*batch) / used.Seconds(),
		"p50":  float64(single[len(single)/2]) / 1e3,
		"p99":  float64(single[len(single)*99/100]) / 1e3,
	})
}

// measure processes batches for a time and records how long each took.
func measure(p *service.OwnedProcessor, event []byte, size int, during time.Duration, times *[]time.Duration) error {
	ctx := context.Background()
	for began := time.Now(); time.Since(began) < during; {
		messages := make(service.MessageBatch, size)
		for i := range messages {
			messages[i] = service.NewMessage(event)
		}
		start := time.Now()
		out, err := p.ProcessBatch(ctx, messages)
		took := time.Since(start)
		if err != nil {
			return err
		}
		if times != nil {
			*times = append(*times, took)
		}
		for _, m := range out[0] {
			text, err := m.AsBytes()
			if err != nil || m.GetError() != nil ||
				bytes.Contains(event, []byte("{")) != bytes.Contains(text, []byte(`"region":"eu"`)) || len(text) < len(event) {
				return fmt.Errorf("the processor gave %q, %v, %v", text, err, m.GetError())
			}
		}
	}
	return nil
}

// cpuTime returns what the process has used so far.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
