// SPDX-License-Identifier: Apache-2.0

package deadline

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tetratelabs/wazero/api"
)

// ErrExceeded is what the error of a call that ran out of time wraps.
var ErrExceeded = errors.New("time limit exceeded")

// Watchdog interrupts calls that run out of time, with one goroutine for any
// number of instances. Use NewWatchdog to make one.
type Watchdog struct {
	epoch time.Time
	// shortest is the shortest limit ever armed, in nanoseconds. No call that is
	// armed now is due before that, so the watchdog may sleep that long.
	shortest atomic.Int64
	wake     chan struct{}
	stop     chan struct{}
	stopped  chan struct{}

	mu       sync.Mutex
	watched  map[*Interrupter]struct{}
	shutdown bool
}

// NewWatchdog starts a watchdog; Close ends it.
func NewWatchdog() *Watchdog {
	w := &Watchdog{
		epoch:   time.Now(),
		wake:    make(chan struct{}, 1),
		stop:    make(chan struct{}),
		stopped: make(chan struct{}),
		watched: map[*Interrupter]struct{}{},
	}
	w.shortest.Store(math.MaxInt64)
	go w.run()
	return w
}

// Close ends the watchdog and waits for its goroutine. Calls that are still
// running are no longer interrupted.
func (w *Watchdog) Close() {
	w.mu.Lock()
	if !w.shutdown {
		w.shutdown = true
		close(w.stop)
	}
	w.mu.Unlock()
	<-w.stopped
}

func (w *Watchdog) now() int64 { return int64(time.Since(w.epoch)) + 1 }

func (w *Watchdog) run() {
	defer close(w.stopped)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		timer.Reset(w.look())
		select {
		case <-timer.C:
		case <-w.wake:
		case <-w.stop:
			return
		}
	}
}

// look interrupts the calls that are due and returns how long no other can be.
func (w *Watchdog) look() time.Duration {
	// Read this first: a call armed later is due no sooner than shortest from
	// now, unless it lowers shortest, and then it wakes the watchdog.
	sleep := w.shortest.Load()
	now := w.now()
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.watched {
		due := i.due.Load()
		if due <= 0 {
			continue
		}
		if due > now {
			sleep = min(sleep, due-now)
			continue
		}
		// Whoever changes due decides the outcome: the call, which has ended,
		// or the watchdog, which ends it.
		if i.due.CompareAndSwap(due, fired) {
			i.flag.Set(1)
		}
	}
	return time.Duration(sleep)
}

// The values of Interrupter.due that are not a time.
const (
	idle  = 0
	fired = -1
)

// Interrupter limits the calls into one instance, one call at a time.
type Interrupter struct {
	dog   *Watchdog
	start api.Function
	flag  api.MutableGlobal
	due   atomic.Int64
}

// Attach watches an instance of an instrumented module. Instantiate the module
// with wazero's compiler and without start functions, then call Start, and call
// _start or _initialize through Do. It fails for a module that was not prepared
// by Instrument.
//
// The watchdog stores the flag from its own goroutine. The compiler keeps globals
// in memory that only machine code reads and that lives as long as the module
// object, so this is one aligned store next to plain loads, and no Go code races
// with it. wazero's interpreter reads globals in Go, so do not use it; see
// Supported.
func (w *Watchdog) Attach(instance api.Module) (*Interrupter, error) {
	flag, ok := instance.ExportedGlobal(flagExport).(api.MutableGlobal)
	if !ok {
		return nil, fmt.Errorf("watching module %q: it was not prepared by Instrument", instance.Name())
	}
	i := &Interrupter{dog: w, flag: flag, start: instance.ExportedFunction(startExport)}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.watched[i] = struct{}{}
	return i, nil
}

// Detach ends the watch; call it when the instance is closed.
func (i *Interrupter) Detach() {
	i.Disarm()
	i.dog.mu.Lock()
	defer i.dog.mu.Unlock()
	delete(i.dog.watched, i)
}

// Start runs the start function of the module, if it has one, which instantiation
// does for modules that are not instrumented.
func (i *Interrupter) Start(ctx context.Context, limit time.Duration) error {
	if i.start == nil {
		return nil
	}
	return i.Do(limit, func() error {
		_, err := i.start.Call(ctx)
		return err
	})
}

// Do runs one call with a time limit. If the call exceeds it, the error wraps
// ErrExceeded, whatever the call returned, and the instance is dead.
func (i *Interrupter) Do(limit time.Duration, call func() error) error {
	i.Arm(limit)
	err := call()
	if i.Disarm() {
		return fmt.Errorf("%w: the call took longer than %v", ErrExceeded, limit)
	}
	return err
}

// Arm starts the clock. If a guest asks for its next event by a host function,
// call Arm when it gets one and Disarm when it asks again. Limits below a
// millisecond count as a millisecond.
func (i *Interrupter) Arm(limit time.Duration) {
	limit = max(limit, time.Millisecond)
	due := i.dog.now() + int64(limit)
	for {
		was := i.due.Load()
		if was == fired {
			return // dead
		}
		if i.due.CompareAndSwap(was, due) {
			break
		}
	}
	for {
		shortest := i.dog.shortest.Load()
		if int64(limit) >= shortest {
			return
		}
		if i.dog.shortest.CompareAndSwap(shortest, int64(limit)) {
			select {
			case i.dog.wake <- struct{}{}:
			default: // it is going to look anyway
			}
			return
		}
	}
}

// Disarm stops the clock and reports whether the call was interrupted.
func (i *Interrupter) Disarm() (interrupted bool) {
	for {
		due := i.due.Load()
		if due == fired {
			return true
		}
		if i.due.CompareAndSwap(due, idle) {
			return false
		}
	}
}
