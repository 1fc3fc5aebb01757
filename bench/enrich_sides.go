// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/sandbox"
	"github.com/helm-wasm/helm-wasm/runner/abi"
)

// native does in Go what the guests do.
func native(records []*kgo.Record, done func([]byte)) error {
	for _, r := range records {
		var event map[string]any
		if err := json.Unmarshal(r.Value, &event); err != nil {
			return err
		}
		event["region"] = "eu"
		value, err := json.Marshal(event)
		if err != nil {
			return err
		}
		done(value)
	}
	return nil
}

// nativeFields does what the guests do that parse only the event's own fields.
func nativeFields(records []*kgo.Record, done func([]byte)) error {
	for _, r := range records {
		var event map[string]json.RawMessage
		if err := json.Unmarshal(r.Value, &event); err != nil {
			return err
		}
		event["region"] = json.RawMessage(`"eu"`)
		value, err := json.Marshal(event)
		if err != nil {
			return err
		}
		done(value)
	}
	return nil
}

// A guest is a module on the runner's own hosts.
type guest struct {
	function abi.Function
	instance abi.Instance
}

func (e *Env) guest(name string, open func(context.Context, *sandbox.Sandbox, []byte) (abi.Function, error)) (*guest, error) {
	wasm, err := os.ReadFile(filepath.Join(e.Root, "build", "bench", name+".wasm"))
	if err != nil {
		return nil, fmt.Errorf("reading a guest: %w: run `make bench-guests`", err)
	}
	box, err := sandbox.New(e, sandbox.Config{Limits: sandbox.Limits{Memory: 64 << 20, Timeout: 5 * time.Second, Output: 1 << 20}})
	if err != nil {
		return nil, err
	}
	g := &guest{}
	if g.function, err = open(e, box, wasm); err != nil {
		return nil, err
	}
	if g.instance, err = g.function.Instance(e); err != nil {
		return nil, err
	}
	return g, nil
}

func (g *guest) process(records []*kgo.Record, done func([]byte)) error {
	return g.instance.Process(context.Background(), records, func(outputs []*kgo.Record) {
		for _, o := range outputs {
			done(o.Value)
		}
	})
}

func (g *guest) close() {
	_ = g.instance.Close(context.Background())
	_ = g.function.Close(context.Background())
}

// measure calls a function on one core: in batches for the rate, with single
// events for the time of one.
func measure(e *Env, event []byte, process func([]*kgo.Record, func([]byte)) error) (speed, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	records := make([]*kgo.Record, enrichBatch)
	for i := range records {
		records[i] = &kgo.Record{Topic: "in", Key: []byte("k"), Value: event, Offset: int64(i), Timestamp: time.Now()}
	}
	var wrong error
	events := 0
	done := func(value []byte) {
		if events++; bytes.Contains(event, []byte("{")) != bytes.Contains(value, []byte(`"region":"eu"`)) || len(value) < len(event) {
			wrong = fmt.Errorf("the function gave %q", value)
		}
	}
	loop := func(records []*kgo.Record, during time.Duration) ([]time.Duration, error) {
		var times []time.Duration
		for began := time.Now(); time.Since(began) < during && e.Err() == nil; {
			start := time.Now()
			if err := process(records, done); err != nil {
				return nil, err
			}
			times = append(times, time.Since(start))
		}
		return times, wrong
	}
	if _, err := loop(records, enrichTime/4); err != nil { // warm up
		return speed{}, err
	}
	events = 0
	used := cpuTime()
	many, err := loop(records, enrichTime)
	used = cpuTime() - used
	if err != nil {
		return speed{}, err
	}
	if events != len(many)*enrichBatch {
		return speed{}, fmt.Errorf("%d events came back of %d", events, len(many)*enrichBatch)
	}
	single, err := loop(records[:1], enrichTime)
	if err != nil {
		return speed{}, err
	}
	if len(many) == 0 || len(single) == 0 {
		return speed{}, e.Err()
	}
	slices.Sort(single)
	return speed{
		Rate: float64(len(many)*enrichBatch) / used.Seconds(),
		P50:  float64(single[len(single)/2]) / 1e3, P99: float64(single[len(single)*99/100]) / 1e3,
	}, nil
}

// connect runs the program to compare with in a process of its own: it needs another
// version of the engine.
func (e *Env) connect(program, function string, event []byte) (speed, error) {
	cmd := exec.CommandContext(e, program, "-module",
		filepath.Join(e.Root, "build", "bench", "connect.wasm"), "-function", function, "-time",
		enrichTime.String())
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(event), &stderr
	out, err := cmd.Output()
	if err != nil {
		return speed{}, fmt.Errorf("running Redpanda Connect's processor: %w: %s", err, stderr.String())
	}
	var s speed
	if err := json.Unmarshal(out, &s); err != nil {
		return speed{}, fmt.Errorf("reading what Redpanda Connect's processor measured, %q: %w", out, err)
	}
	if s.Rate == 0 {
		return speed{}, fmt.Errorf("running Redpanda Connect's processor: it measured nothing: %q", out)
	}
	return s, nil
}

// cpuTime returns what the process has used so far: other processes on the machine
// disturb it less than the clock.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
