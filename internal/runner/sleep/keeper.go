// SPDX-License-Identifier: Apache-2.0

// Package sleep keeps functions in memory only while they have work. A function
// that sleeps has neither an instance nor machine code; the next event wakes it.
// What is awake stays within a budget: the least recently used goes first.
package sleep

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/helm-wasm/helm-wasm/runner/abi"
)

// CodeFactor is about how much memory machine code takes, for each byte of the
// module that it was made from.
const CodeFactor = 6

// A Keeper decides who is awake. Make it with New.
type Keeper struct {
	budget   int64 // 0 is none
	idle     time.Duration
	compiles chan struct{}
	stop     chan struct{}
	janitor  sync.WaitGroup

	mu        sync.Mutex
	used      int64
	functions map[*Function]struct{}
	freed     chan struct{} // closed, and made anew, when memory may be free
}

// New makes a keeper with a budget in bytes, or none if that is 0. Functions sleep
// when they had no work for idle; at most compiles modules are compiled together.
func New(budget int64, idle time.Duration, compiles int) *Keeper {
	k := &Keeper{
		budget: budget, idle: idle, compiles: make(chan struct{}, max(1, compiles)), stop: make(chan struct{}),
		functions: map[*Function]struct{}{}, freed: make(chan struct{}),
	}
	k.janitor.Go(k.watch)
	return k
}

// Close ends the keeper. The functions are closed before.
func (k *Keeper) Close() {
	close(k.stop)
	k.janitor.Wait()
}

// Compile runs do, which compiles, when it is its turn.
func (k *Keeper) Compile(ctx context.Context, do func() error) error {
	select {
	case k.compiles <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-k.compiles }()
	return do()
}

// Used is how much memory functions that are awake take, and the budget.
func (k *Keeper) Used() (used, budget int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.used, k.budget
}

// watch puts functions to sleep that have had no work for a while.
func (k *Keeper) watch() {
	ticker := time.NewTicker(max(time.Millisecond, k.idle/4))
	defer ticker.Stop()
	for {
		select {
		case <-k.stop:
			return
		case <-ticker.C:
		}
		k.mu.Lock()
		var tired []*sleeper
		for f := range k.functions {
			if f.open != nil && f.busy == 0 && time.Since(f.last) >= k.idle {
				tired = append(tired, f.down())
			}
		}
		k.mu.Unlock()
		closeAll(tired)
	}
}

// room waits until n more bytes fit. A function that is larger than the budget by
// itself gets it when nobody else is awake.
func (k *Keeper) room(ctx context.Context, f *Function, n int64) error {
	for {
		k.mu.Lock()
		tired := k.evict(n)
		fits := k.budget == 0 || k.used+n <= k.budget || k.used == 0
		if fits {
			k.used += n
			f.used = n
		}
		freed := k.freed
		used := k.used
		k.mu.Unlock()
		closeAll(tired)
		if fits {
			return nil
		}
		select {
		case <-freed:
		case <-ctx.Done():
			return &abi.Failure{Kind: abi.Unavailable, Message: fmt.Sprintf(
				"the function needs %d bytes, and %d of the host's memory budget of %d are in use", n, used, k.budget)}
		}
	}
}

// evict takes down who has been idle for longest until n more bytes fit, under mu.
func (k *Keeper) evict(n int64) []*sleeper {
	var tired []*sleeper
	for k.budget > 0 && k.used+n > k.budget {
		var oldest *Function
		for f := range k.functions {
			if f.open != nil && f.busy == 0 && (oldest == nil || f.last.Before(oldest.last)) {
				oldest = f
			}
		}
		if oldest == nil {
			break
		}
		tired = append(tired, oldest.down())
	}
	return tired
}

// free tells those who wait for memory that there may be some, under mu.
func (k *Keeper) free() {
	close(k.freed)
	k.freed = make(chan struct{})
}

// sleeper is what a function had in memory.
type sleeper struct {
	function  abi.Function
	instances []abi.Instance
	asleep    func()
}

func closeAll(list []*sleeper) {
	for _, s := range list {
		_ = s.close(context.Background())
	}
}

func (s *sleeper) close(ctx context.Context) error {
	var failed error
	for _, i := range s.instances {
		failed = errors.Join(failed, i.Close(ctx))
	}
	failed = errors.Join(failed, s.function.Close(ctx))
	s.asleep()
	return failed
}
