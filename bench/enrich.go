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
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/sandbox"
	"github.com/helm-wasm/helm-wasm/runner/abi"
	"github.com/helm-wasm/helm-wasm/runner/abi/redpanda"
	"github.com/helm-wasm/helm-wasm/runner/abi/wasi"
)

func init() { register("enrichment", enrichment) }

const (
	enrichBatch = 100
	enrichTime  = time.Second
)

// speed is that of one way to enrich events: events in a second of processor time,
// and microseconds for a single event.
type speed struct {
	Rate float64 `json:"rate"`
	P50  float64 `json:"p50"`
	P99  float64 `json:"p99"`
}

// enrichment adds a field to 1 KB of JSON on one core, written in two ways: the
// same Rust code as a transform in the runner and in Redpanda Connect's
// processor, beside a native handler in Go; and as a WASI command that starts
// for each event.
func enrichment(e *Env) ([]Result, error) {
	event, err := enrichEvent()
	if err != nil {
		return nil, err
	}
	connect, err := e.buildConnect()
	if err != nil {
		return nil, err
	}
	transform := func(name string) (*guest, error) {
		return e.guest(name, func(ctx context.Context, box *sandbox.Sandbox, wasm []byte) (abi.Function, error) {
			return redpanda.New(ctx, box, wasm, redpanda.Config{InputTopic: "in", OutputTopics: []string{"out"}})
		})
	}
	tree, err := transform("transform")
	if err != nil {
		return nil, err
	}
	defer tree.close()
	fields, err := transform("transform-fields")
	if err != nil {
		return nil, err
	}
	defer fields.close()
	command, err := e.guest("command", func(ctx context.Context, box *sandbox.Sandbox, wasm []byte) (abi.Function, error) {
		return wasi.New(ctx, box, wasm, wasi.Config{})
	})
	if err != nil {
		return nil, err
	}
	defer command.close()

	const connectName = "the same code in Redpanda Connect 4.45's `wasm` processor"
	of := func(process func([]*kgo.Record, func([]byte)) error) func([]byte) (speed, error) {
		return func(event []byte) (speed, error) { return measure(e, event, process) }
	}
	peer := func(function string) func([]byte) (speed, error) {
		return func(event []byte) (speed, error) { return e.connect(connect, function, event) }
	}
	all, err := e.inTurn(event, []func([]byte) (speed, error){
		of(tree.process), peer("tree"), of(native), of(command.process),
		of(fields.process), peer("fields"), of(nativeFields),
	})
	if err != nil {
		return nil, err
	}
	rate := func(name, against string, ours, theirs speed) Result {
		return Result{
			Name: name, Ours: ours.Rate, Theirs: theirs.Rate, Against: against,
			Unit: "events/s", MoreIsBetter: true, Runs: e.Runs,
		}
	}
	const (
		whole  = "JSON enrichment of 1 KB, one core: Rust transform"
		lean   = "JSON enrichment of 1 KB, its own fields parsed, one core: Rust transform"
		passed = "1 KB passed through unchanged, one core: Rust transform"
	)
	results := []Result{
		rate(whole, connectName, all[0], all[1]),
		rate(whole, "a native Go handler (encoding/json)", all[0], all[2]).atLeastRatio(0.5),
		rate(whole, "the same code as a WASI command, a fresh instance for each event", all[0], all[3]),
		{Name: "enrichment, one event alone, p50", Ours: all[0].P50, Theirs: all[1].P50, Against: connectName, Unit: "us", Runs: e.Runs},
		{Name: "enrichment, one event alone, p99", Ours: all[0].P99, Theirs: all[1].P99, Against: connectName, Unit: "us", Runs: e.Runs},
		rate(lean, connectName, all[4], all[5]),
		rate(lean, "a native Go handler (encoding/json, json.RawMessage)", all[4], all[6]),
	}
	// Without work in the guest, what is left is the cost of calling it.
	if all, err = e.inTurn(bytes.Repeat([]byte("x"), len(event)),
		[]func([]byte) (speed, error){of(tree.process), peer("tree")}); err != nil {
		return nil, err
	}
	return append(results, rate(passed, connectName, all[0], all[1])), nil
}

// buildConnect builds the program to compare with, which is a module of its own.
func (e *Env) buildConnect() (string, error) {
	program := filepath.Join(e.Out, "connect")
	return program, e.build(program, filepath.Join(e.Root, "bench", "connect"), ".", "GOWORK=off", "GONOSUMDB=github.com/redpanda-data/*")
}

// build builds a Go program.
func (e *Env) build(program, dir, pkg string, env ...string) error {
	cmd := exec.CommandContext(e, "go", "build", "-o", program, pkg)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building %s: %w\n%s", filepath.Base(program), err, out)
	}
	return nil
}

// inTurn measures all sides in every run, and returns the medians.
func (e *Env) inTurn(event []byte, sides []func([]byte) (speed, error)) ([]speed, error) {
	measured := make([][]speed, len(sides))
	for range e.Runs {
		for i, side := range sides {
			s, err := side(event)
			if err != nil {
				return nil, err
			}
			measured[i] = append(measured[i], s)
		}
	}
	var all []speed
	for _, list := range measured {
		all = append(all, middle(list))
	}
	return all, nil
}

// atLeastRatio promises a ratio that may be below 1.
func (r Result) atLeastRatio(ratio float64) Result {
	r.finish()
	met := r.Ratio >= ratio
	r.Target, r.Met = "ratio at least "+number(ratio), &met
	return r
}

// middle returns the median of each figure.
func middle(list []speed) speed {
	var rates, p50, p99 []float64
	for _, s := range list {
		rates, p50, p99 = append(rates, s.Rate), append(p50, s.P50), append(p99, s.P99)
	}
	return speed{median(rates), median(p50), median(p99)}
}

// enrichEvent returns about 1 KB of JSON.
func enrichEvent() ([]byte, error) {
	var lines []any
	for i := range 14 {
		lines = append(lines, map[string]any{"sku": fmt.Sprintf("SKU-%04d", i), "quantity": i + 1, "price": 9.99, "note": "gift wrapped"})
	}
	return json.Marshal(map[string]any{
		"id": "order-000017", "customer": map[string]any{"name": "Ada", "country": "GB"}, "total": 1234.5, "lines": lines,
	})
}
