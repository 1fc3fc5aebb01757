// SPDX-License-Identifier: Apache-2.0

//go:build unix

package deadline

import (
	"context"
	"testing"

	"github.com/tetratelabs/wazero"
)

// BenchmarkCall compares calls without a limit, with this package, and with
// wazero's own limit.
func BenchmarkCall(b *testing.B) {
	wasm := guest(b)
	ways := []struct {
		name   string
		wasm   []byte
		config wazero.RuntimeConfig
	}{
		{"plain", wasm, config()},
		{"instrumented", instrumentedGuest(b), config()},
		{"close-on-done", wasm, config().WithCloseOnContextDone(true)},
	}
	jobs := []struct {
		name string
		n    uint64
	}{{"job", 20}, {"sum", 20}, {"match", 50}, {"fib", 22}}
	for _, job := range jobs {
		for _, way := range ways {
			b.Run(job.name+"/"+way.name, func(b *testing.B) {
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel() // without it wazero would not watch the context
				mod := instantiate(b, newRuntime(b, way.config), way.wasm, "_initialize")
				f := mod.ExportedFunction(job.name)
				begin, calls := cpuTime(), 0
				for b.Loop() {
					calls++
					if _, err := f.Call(ctx, job.n); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(cpuTime()-begin)/float64(calls), "cpu-ns/op")
			})
		}
	}
}

func BenchmarkInstrument(b *testing.B) {
	wasm := guest(b)
	b.SetBytes(int64(len(wasm)))
	for b.Loop() {
		if _, err := Instrument(wasm); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkArm(b *testing.B) {
	dog := NewWatchdog()
	defer dog.Close()
	i, err := dog.Attach(instantiate(b, newRuntime(b, config()), instrumentedGuest(b)))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		i.Arm(1e9)
		i.Disarm()
	}
}
