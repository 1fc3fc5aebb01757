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

	"github.com/helm-wasm/helm-wasm/runner/abi"
	"github.com/helm-wasm/helm-wasm/runner/abi/redpanda"
	"github.com/helm-wasm/helm-wasm/runner/abi/wasi"
	"github.com/helm-wasm/helm-wasm/runner/sandbox"
)

func init() { register("enrichment", enrichment) }

const (
	enrichBatch = 100
	enrichTime  = time.Second
)

// speed of one way to enrich events: events in a second of processor time, and
// microseconds for one event that comes alone.
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
	if all, err = e.inTurn(bytes.Repeat([]byte("x"), len(event)), []func([]byte) (speed, error){of(tree.process), peer("tree")}); err != nil {
		return nil, err
	}
	return append(results, rate(passed, connectName, all[0], all[1])), nil
}

// buildConnect builds the peer, which is a module of its own.
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

// middle takes the median of each figure.
func middle(list []speed) speed {
	var rates, p50, p99 []float64
	for _, s := range list {
		rates, p50, p99 = append(rates, s.Rate), append(p50, s.P50), append(p99, s.P99)
	}
	return speed{median(rates), median(p50), median(p99)}
}

// enrichEvent is about 1 KB of JSON.
func enrichEvent() ([]byte, error) {
	var lines []any
	for i := range 14 {
		lines = append(lines, map[string]any{"sku": fmt.Sprintf("SKU-%04d", i), "quantity": i + 1, "price": 9.99, "note": "gift wrapped"})
	}
	return json.Marshal(map[string]any{
		"id": "order-000017", "customer": map[string]any{"name": "Ada", "country": "GB"}, "total": 1234.5, "lines": lines,
	})
}

// native is what the guests do, in Go.
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

// nativeFields is what the guests do that parse the event's own fields only.
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

// connect runs the peer in a process of its own: it needs another version of
// the engine.
func (e *Env) connect(program, function string, event []byte) (speed, error) {
	cmd := exec.CommandContext(e, program, "-module", filepath.Join(e.Root, "build", "bench", "connect.wasm"), "-function", function, "-time", enrichTime.String())
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
		return speed{}, fmt.Errorf("Redpanda Connect's processor measured nothing: %q", out)
	}
	return s, nil
}

// cpuTime is what the process has used so far: other processes on the machine
// disturb it less than the clock.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
