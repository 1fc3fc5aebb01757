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

// enrichment adds a field to 1 KB of JSON on one core: the same Rust code as
// a transform in the runner, in Redpanda Connect's processor, and as a WASI
// command that starts for each event; and a native handler in Go.
func enrichment(e *Env) ([]Result, error) {
	event, err := enrichEvent()
	if err != nil {
		return nil, err
	}
	connect := filepath.Join(e.Out, "connect")
	build := exec.CommandContext(e, "go", "build", "-o", connect, ".")
	build.Dir = filepath.Join(e.Root, "bench", "connect")
	build.Env = append(os.Environ(), "GOWORK=off", "GONOSUMDB=github.com/redpanda-data/*")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building Redpanda Connect's processor: %w\n%s", err, out)
	}
	transform, err := e.guest("transform", func(ctx context.Context, box *sandbox.Sandbox, wasm []byte) (abi.Function, error) {
		return redpanda.New(ctx, box, wasm, redpanda.Config{InputTopic: "in", OutputTopics: []string{"out"}})
	})
	if err != nil {
		return nil, err
	}
	defer transform.close()
	command, err := e.guest("command", func(ctx context.Context, box *sandbox.Sandbox, wasm []byte) (abi.Function, error) {
		return wasi.New(ctx, box, wasm, wasi.Config{})
	})
	if err != nil {
		return nil, err
	}
	defer command.close()

	const connectName = "the same code in Redpanda Connect 4.45's `wasm` processor"
	sides := []func([]byte) (speed, error){
		func(event []byte) (speed, error) { return measure(e, event, transform.process) },
		func(event []byte) (speed, error) { return e.connect(connect, event) },
		func(event []byte) (speed, error) { return measure(e, event, native) },
		func(event []byte) (speed, error) { return measure(e, event, command.process) },
	}
	all, err := e.inTurn(event, sides)
	if err != nil {
		return nil, err
	}
	ours, peer, handler, fresh := all[0], all[1], all[2], all[3]
	rate := func(name, against string, ours, theirs speed) Result {
		return Result{
			Name: name, Ours: ours.Rate, Theirs: theirs.Rate, Against: against,
			Unit: "events/s", MoreIsBetter: true, Runs: e.Runs,
		}
	}
	const enrich = "JSON enrichment of 1 KB, one core: Rust transform"
	results := []Result{
		rate(enrich, connectName, ours, peer).atLeastTimes(2),
		rate(enrich, "a native Go handler (encoding/json)", ours, handler).atLeastRatio(0.5),
		rate(enrich, "the same code as a WASI command, a fresh instance for each event", ours, fresh),
		{Name: "enrichment, one event alone, p50", Ours: ours.P50, Theirs: peer.P50, Against: connectName, Unit: "us", Runs: e.Runs},
		{Name: "enrichment, one event alone, p99", Ours: ours.P99, Theirs: peer.P99, Against: connectName, Unit: "us", Runs: e.Runs},
	}
	// Without work in the guest, what is left is the cost of calling it.
	if all, err = e.inTurn(bytes.Repeat([]byte("x"), len(event)), sides[:2]); err != nil {
		return nil, err
	}
	return append(results, rate("1 KB passed through unchanged, one core: Rust transform", connectName, all[0], all[1])), nil
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
func (e *Env) connect(program string, event []byte) (speed, error) {
	cmd := exec.CommandContext(e, program, "-module", filepath.Join(e.Root, "build", "bench", "connect.wasm"), "-time", enrichTime.String())
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
