// SPDX-License-Identifier: Apache-2.0

package deadline

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tetratelabs/wazero/api"
)

// endless are guests that never return, each for another reason. Function 0 is
// exported as "run".
var endless = []struct {
	name string
	wasm []byte
}{
	{"loop", program(nil, 0x03, 0x40, 0x0c, 0, 0x0b)},
	{"loop with br_table", program(nil, 0x03, 0x40, 0x41, 0, 0x0e, 1, 0, 0, 0x0b)},
	{"loop with a result", program(nil, 0x03, 0x7f, 0x0c, 0, 0x0b, opDrop)},
	{"loop of a type with an index", loopOfType(0)},
	{"loop with a parameter", loopOfType(1)},
	{"loop with two parameters", loopOfType(2)},
	{"outer loop", program(nil, 0x03, 0x40, 0x03, 0x40, 0x0c, 1, 0x0b, 0x0b)},
	{"loop beside exceptions", program(nil, 0x1f, 0x40, 0, 0x0b, 0x03, 0x40, 0x0c, 0, 0x0b)},
	{"exponential recursion", exponential},
	{"doubling calls", doubling(64)},
	{"tail recursion", program(nil, 0x12, 0)},
	{"indirect tail recursion", indirectTail},
	{"memory fill", program([]byte{0, 0x80, 0x02}, // 256 pages = 16 MiB
		0x03, 0x40, 0x41, 0, 0x41, 0, 0x41, 0x80, 0x80, 0x80, 0x08, 0xfc, 11, 0, 0x0c, 0, 0x0b)},
	{"memory copy", program([]byte{0, 0x80, 0x02},
		0x03, 0x40, 0x41, 0, 0x41, 1, 0x41, 0xff, 0xff, 0xff, 0x07, 0xfc, 10, 0, 0, 0x0c, 0, 0x0b)},
}

func TestInterrupt(t *testing.T) {
	dog := NewWatchdog()
	defer dog.Close()
	for _, tt := range endless {
		t.Run(tt.name, func(t *testing.T) {
			wasm, err := Instrument(tt.wasm)
			if err != nil {
				t.Fatal(err)
			}
			mod := instantiate(t, newRuntime(t, config()), wasm)
			i, err := dog.Attach(mod)
			if err != nil {
				t.Fatal(err)
			}
			defer i.Detach()
			// A guest that is not stopped runs until the test's own time is up.
			const limit = 20 * time.Millisecond
			begin := time.Now()
			var inner error
			err = i.Do(limit, func() error {
				_, inner = mod.ExportedFunction("run").Call(context.Background())
				return inner
			})
			took := time.Since(begin)
			if !errors.Is(err, ErrExceeded) || inner == nil || !strings.Contains(inner.Error(), "unreachable") {
				t.Fatalf("after %v: %v (%v)", took, err, inner)
			}
			t.Logf("stopped %v after the limit", took-limit)
			if took < limit {
				t.Errorf("stopped after %v, before the limit of %v", took, limit)
			}
			if !i.Disarm() {
				t.Error("the instance forgot that it is dead")
			}
		})
	}
}

// TestInterruptWhileTheWorldStops needs the visits to Go: a guest that only checked
// a flag would block the garbage collector, and that the watchdog, forever. The
// guest runs on the only processor.
func TestInterruptWhileTheWorldStops(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	dog := NewWatchdog()
	defer dog.Close()
	wasm := mustInstrument(t, endless[0].wasm)
	// A busy machine may let no collection end within a short limit.
	for limit := 200 * time.Millisecond; limit < time.Minute; limit *= 4 {
		mod := instantiate(t, newRuntime(t, config()), wasm)
		i, err := dog.Attach(mod)
		if err != nil {
			t.Fatal(err)
		}
		stop, collected := make(chan struct{}), make(chan int)
		go func() {
			n := 0
			for {
				select {
				case <-stop:
					collected <- n
					return
				default:
					runtime.GC()
					n++
				}
			}
		}()
		err = i.Do(limit, func() error {
			_, err := mod.ExportedFunction("run").Call(context.Background())
			return err
		})
		close(stop)
		n := <-collected
		if !errors.Is(err, ErrExceeded) {
			t.Fatalf("after %d garbage collections: %v", n, err)
		}
		if n > 0 {
			return
		}
	}
	t.Error("no garbage collection ended during the calls")
}

func TestInterruptStartFunction(t *testing.T) {
	wasm, err := Instrument(startLoop)
	if err != nil {
		t.Fatal(err)
	}
	dog := NewWatchdog()
	defer dog.Close()
	mod := instantiate(t, newRuntime(t, config()), wasm)
	i, err := dog.Attach(mod)
	if err != nil {
		t.Fatal(err)
	}
	if err := i.Start(context.Background(), 10*time.Millisecond); !errors.Is(err, ErrExceeded) {
		t.Errorf("got %v", err)
	}
}

// TestArmRepeatedly makes many short calls on several instances, some of which are
// interrupted, for the race detector.
func TestArmRepeatedly(t *testing.T) {
	dog := NewWatchdog()
	defer dog.Close()
	r := newRuntime(t, config())
	wasm := instrumentedGuest(t)
	code, err := r.CompileModule(background(), wasm)
	if err != nil {
		t.Fatal(err)
	}
	type result struct {
		calls int
		err   error
	}
	results := make(chan result)
	for worker := range 4 {
		go func() {
			var res result
			mod, err := r.InstantiateModule(context.Background(), code, moduleConfig())
			if err != nil {
				results <- result{0, err}
				return
			}
			defer mod.Close(context.Background())
			i, err := dog.Attach(mod)
			if err != nil {
				results <- result{0, err}
				return
			}
			defer i.Detach()
			call := func(f api.Function, limit time.Duration, args ...uint64) error {
				return i.Do(limit, func() error { _, err := f.Call(context.Background(), args...); return err })
			}
			if res.err = call(mod.ExportedFunction("_initialize"), time.Minute); res.err == nil {
				for res.err == nil && res.calls < 50 {
					res.err = call(mod.ExportedFunction("sum"), time.Minute+time.Duration(worker), 1)
					res.calls++
				}
			}
			if res.err == nil {
				if err := call(mod.ExportedFunction("spin"), 5*time.Millisecond); !errors.Is(err, ErrExceeded) {
					res.err = err
				}
			}
			results <- res
		}()
	}
	for range 4 {
		if res := <-results; res.err != nil || res.calls != 50 {
			t.Errorf("%d calls, %v", res.calls, res.err)
		}
	}
}

func TestAttachPlainModule(t *testing.T) {
	dog := NewWatchdog()
	defer dog.Close()
	mod := instantiate(t, newRuntime(t, config()), endless[0].wasm)
	if _, err := dog.Attach(mod); err == nil || !strings.Contains(err.Error(), "not prepared by Instrument") {
		t.Errorf("got %v", err)
	}
}

func TestClosedTwice(t *testing.T) {
	dog := NewWatchdog()
	dog.Close()
	dog.Close()
}
