// SPDX-License-Identifier: Apache-2.0

package sleep

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/runner/abi"
)

// Config of a function.
type Config struct {
	// Open loads the function.
	Open func(ctx context.Context) (abi.Function, error)

	// Code is how much memory that takes, in bytes, instances apart.
	Code int64

	// Woke is called when the function was loaded, with the time that took, and
	// Asleep when it is in memory no more.
	Woke   func(took time.Duration)
	Asleep func()

	// Changed is told how much memory the function takes; 0 while it sleeps. It
	// must not call the function.
	Changed func(bytes int64)
}

// A Function is loaded when it has work. It implements abi.Function.
type Function struct {
	Config
	keeper *Keeper

	// The rest is guarded by the keeper's mu.
	open   abi.Function // nil while it sleeps
	waking chan struct{}
	live   map[*instance]struct{} // those that have an instance of open
	busy   int                    // calls that need open
	last   time.Time              // when the last of them ended
	used   int64                  // bytes
}

// An instance is one of a function, which may have gone to sleep since its last use.
type instance struct {
	function *Function
	inner    abi.Instance // nil while the function sleeps
	size     int64
}

var (
	_ abi.Function = (*Function)(nil)
	_ abi.Instance = (*instance)(nil)
)

// Function adds one, which sleeps.
func (k *Keeper) Function(cfg Config) *Function {
	f := &Function{Config: cfg, keeper: k, live: map[*instance]struct{}{}}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.functions[f] = struct{}{}
	return f
}

// State says whether the function is awake, and how much memory it takes.
func (f *Function) State() (awake bool, bytes int64) {
	f.keeper.mu.Lock()
	defer f.keeper.mu.Unlock()
	return f.open != nil, f.used
}

// Sleep puts the function to sleep unless it is at work.
func (f *Function) Sleep() {
	k := f.keeper
	k.mu.Lock()
	var tired []*sleeper
	if f.open != nil && f.busy == 0 {
		tired = append(tired, f.down())
	}
	k.mu.Unlock()
	closeAll(tired)
}

// Close frees the function with all instances. None is at work.
func (f *Function) Close(ctx context.Context) error {
	k := f.keeper
	k.mu.Lock()
	delete(k.functions, f)
	var tired *sleeper
	if f.open != nil {
		tired = f.down()
	}
	k.mu.Unlock()
	if tired == nil {
		return nil
	}
	return tired.close(ctx)
}

// down takes everything from memory, under the keeper's mu; the caller closes it.
func (f *Function) down() *sleeper {
	s := &sleeper{function: f.open, asleep: f.Asleep}
	for i := range f.live {
		s.instances = append(s.instances, i.inner)
		i.inner, i.size = nil, 0
	}
	clear(f.live)
	f.keeper.used -= f.used
	f.open, f.used = nil, 0
	f.Changed(0)
	f.keeper.free()
	return s
}

// begin wakes the function, which then stays awake until end.
func (f *Function) begin(ctx context.Context) (abi.Function, error) {
	k := f.keeper
	for {
		k.mu.Lock()
		if f.open != nil {
			f.busy++
			open := f.open
			k.mu.Unlock()
			return open, nil
		}
		if waking := f.waking; waking != nil {
			k.mu.Unlock()
			select {
			case <-waking:
				continue
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		f.waking = make(chan struct{})
		k.mu.Unlock()
		if err := f.wake(ctx); err != nil {
			return nil, err
		}
	}
}

// wake loads the function.
func (f *Function) wake(ctx context.Context) error {
	k := f.keeper
	began := time.Now()
	var open abi.Function
	err := k.room(ctx, f, f.Code)
	if err == nil {
		open, err = f.Open(ctx)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if err != nil {
		k.used -= f.used
		f.used = 0
		k.free()
	}
	f.open, f.last = open, time.Now()
	close(f.waking)
	f.waking = nil
	f.Changed(f.used)
	if err == nil {
		f.Woke(time.Since(began))
	}
	return err
}

// end lets the function sleep, and reckons what its instance takes now.
func (f *Function) end(i *instance) {
	k := f.keeper
	size := int64(0)
	if i.inner != nil {
		if sized, ok := i.inner.(abi.Sized); ok {
			size = int64(sized.Size())
		}
	}
	k.mu.Lock()
	f.busy--
	f.last = time.Now()
	if i.inner != nil {
		f.live[i] = struct{}{}
	}
	f.used += size - i.size
	k.used += size - i.size
	if size != i.size {
		i.size = size
		f.Changed(f.used)
	}
	tired := k.evict(0)
	if f.busy == 0 && len(tired) == 0 {
		k.free()
	}
	k.mu.Unlock()
	closeAll(tired)
}

// Instance makes one, and wakes the function.
func (f *Function) Instance(ctx context.Context) (abi.Instance, error) {
	i := &instance{function: f}
	if err := i.begin(ctx); err != nil {
		return nil, err
	}
	f.end(i)
	return i, nil
}

// begin makes the instance one of a function that is awake.
func (i *instance) begin(ctx context.Context) error {
	open, err := i.function.begin(ctx)
	if err != nil {
		return err
	}
	if i.inner == nil {
		if i.inner, err = open.Instance(ctx); err != nil {
			i.inner = nil
			i.function.end(i)
		}
	}
	return err
}

// Process wakes the function if it has gone to sleep.
func (i *instance) Process(ctx context.Context, records []*kgo.Record, done abi.Done) error {
	if err := i.begin(ctx); err != nil {
		return err
	}
	defer i.function.end(i)
	return i.inner.Process(ctx, records, done)
}

// Broken says that the instance must not be used again. One whose function sleeps
// gets another when it is.
func (i *instance) Broken() bool {
	i.function.keeper.mu.Lock()
	defer i.function.keeper.mu.Unlock()
	return i.inner != nil && i.inner.Broken()
}

// Close frees the instance.
func (i *instance) Close(ctx context.Context) error {
	k := i.function.keeper
	k.mu.Lock()
	inner := i.inner
	if inner != nil {
		delete(i.function.live, i)
		i.function.used -= i.size
		k.used -= i.size
		i.inner, i.size = nil, 0
	}
	k.mu.Unlock()
	if inner == nil {
		return nil
	}
	return inner.Close(ctx)
}
