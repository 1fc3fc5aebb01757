// SPDX-License-Identifier: Apache-2.0

package dev

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/runner"
	"github.com/helm-wasm/helm-wasm/internal/runner/module"
)

// The states of a function.
const (
	stateStarting = "starting"
	stateRunning  = "running"
	stateWaiting  = "waiting" // for a module, or for the address of an http function
	stateFailed   = "failed"
)

// function keeps the runners of one function.
type function struct {
	cfg     contract.RunnerConfig
	source  *source // nil for abi http
	cache   string
	poll    time.Duration
	journal *journal
	resized chan int

	mu         sync.Mutex
	instances  []*instance
	retired    counts
	wanted     int
	state      string
	reason     string
	digest     string
	from       string
	abi        string
	generation int
	loaded     time.Time
	wasm       []byte
}

// instance is one runner.
type instance struct {
	runner *runner.Runner
	cancel context.CancelFunc
	done   chan struct{}
	err    error // after done
}

func newFunction(cfg contract.RunnerConfig, src *source, replicas int, o *Options, j *journal) *function {
	return &function{
		cfg: cfg, source: src, cache: o.CacheDir, poll: o.Poll, journal: j, wanted: replicas, state: stateStarting,
		resized: make(chan int, 1),
	}
}

// run starts the function and follows its module until ctx is done; then
// everything drains.
func (f *function) run(ctx context.Context) {
	defer func() {
		f.mu.Lock()
		old := f.instances
		f.mu.Unlock()
		f.retire(old)
	}()
	if f.state == stateWaiting {
		<-ctx.Done()
		return
	}
	var seen fileState
	if f.source != nil {
		seen = f.source.stat()
	}
	f.reload(ctx)
	ticker := time.NewTicker(f.poll)
	defer ticker.Stop()
	last := seen
	for {
		select {
		case <-ctx.Done():
			return
		case n := <-f.resized:
			f.scale(ctx, n)
		case <-ticker.C:
			f.supervise()
			if f.source == nil {
				continue
			}
			// A file that is still growing is loaded at a later look.
			now := f.source.stat()
			if now != seen && now == last && now.path != "" {
				seen = now
				f.reload(ctx)
			}
			last = now
		}
	}
}

// reload replaces the module: new runners start, and when all of them are ready the
// old ones drain. A module that cannot run changes nothing.
func (f *function) reload(ctx context.Context) {
	var wasm []byte
	from, kind := "http", "http"
	if f.source != nil {
		var err error
		if wasm, from, err = f.source.load(ctx); err != nil {
			f.refuse(ctx, stateWaiting, err)
			return
		}
		if module.Digest(wasm) == f.currentDigest() {
			return
		}
		if kind, err = runner.Compile(ctx, wasm, f.cfg.ABI, f.cfg.Module.Function, f.cache); err != nil {
			f.refuse(ctx, stateFailed, err)
			return
		}
	}
	f.mu.Lock()
	n := f.wanted
	f.mu.Unlock()
	fresh, err := f.start(ctx, wasm, n)
	if err != nil {
		f.refuse(ctx, stateFailed, err)
		return
	}
	f.mu.Lock()
	old := f.instances
	f.instances, f.wasm, f.from, f.abi, f.digest = fresh, wasm, from, kind, ""
	if wasm != nil {
		f.digest = module.Digest(wasm)
	}
	f.generation++
	f.state, f.reason, f.loaded = stateRunning, "", time.Now()
	generation := f.generation
	f.mu.Unlock()
	if generation == 1 {
		f.journal.add("good", f.cfg.Name, "running: %s, abi %s, %s", from, kind, plural(n, "replica"))
	} else {
		f.journal.add("good", f.cfg.Name, "reloaded %s: the new module runs, the old one has finished its events", from)
	}
	f.retire(old)
}

// refuse keeps what runs and says why nothing new does.
func (f *function) refuse(ctx context.Context, state string, err error) {
	if ctx.Err() != nil {
		return
	}
	f.mu.Lock()
	running := len(f.instances) > 0
	f.reason = err.Error()
	if !running {
		f.state = state
	}
	f.mu.Unlock()
	if running {
		f.journal.add("error", f.cfg.Name, "the new module was refused, the old one keeps running: %s", err)
		return
	}
	f.journal.add("error", f.cfg.Name, "%s", err)
}

// start makes n runners and waits until all of them are ready.
func (f *function) start(ctx context.Context, wasm []byte, n int) ([]*instance, error) {
	var list []*instance
	for range n {
		i, err := f.launch(wasm)
		if err != nil {
			f.retire(list)
			return nil, err
		}
		list = append(list, i)
	}
	for _, i := range list {
		if err := i.ready(ctx); err != nil {
			f.retire(list)
			return nil, err
		}
	}
	return list, nil
}

func (f *function) launch(wasm []byte) (*instance, error) {
	cfg := f.cfg
	opts := []runner.Option{
		runner.WithLogger(slog.New(logs{f.journal, cfg.Name})), runner.WithCacheDir(f.cache),
		runner.WithGrace(5 * time.Second), runner.WithStart(time.Now()),
	}
	if wasm != nil {
		opts = append(opts, runner.WithModule(wasm))
	}
	if cfg.Delivery == "exactly-once" {
		opts = append(opts, runner.WithTransactionalID(fmt.Sprintf("%s.%d", cfg.Source.ConsumerGroup, time.Now().UnixNano())))
	}
	r, err := runner.New(cfg, opts...)
	if err != nil {
		return nil, err
	}
	// Not the caller's context: retire stops each runner by its own cancel.
	ctx, cancel := context.WithCancel(context.Background())
	i := &instance{runner: r, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(i.done)
		i.err = r.Run(ctx)
	}()
	return i, nil
}

// ready waits until the runner consumes, or has failed.
func (i *instance) ready(ctx context.Context) error {
	for {
		blocked := false
		for _, c := range i.runner.Health().List() {
			blocked = blocked || c.Name == "start"
		}
		select {
		case <-i.done:
			if i.err == nil {
				return fmt.Errorf("the runner stopped at once")
			}
			return i.err
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
			if !blocked {
				return nil
			}
		}
	}
}

// retire drains runners and keeps their counts.
func (f *function) retire(list []*instance) {
	list = slices.Clone(list)
	for _, i := range list {
		i.cancel()
	}
	for _, i := range list {
		<-i.done
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, i := range list {
		f.retired.add(read(i.runner.Metrics()))
		f.instances = slices.DeleteFunc(f.instances, func(other *instance) bool { return other == i })
	}
}

// supervise notices runners that ended on their own.
func (f *function) supervise() {
	f.mu.Lock()
	var ended []*instance
	for _, i := range f.instances {
		select {
		case <-i.done:
			ended = append(ended, i)
		default:
		}
	}
	f.mu.Unlock()
	if len(ended) == 0 {
		return
	}
	f.retire(ended)
	f.mu.Lock()
	f.reason = strings.TrimSpace(fmt.Sprint(ended[0].err))
	if len(f.instances) == 0 {
		f.state = stateFailed
	}
	f.mu.Unlock()
	f.journal.add("error", f.cfg.Name, "a runner ended: %v", ended[0].err)
}

// scale changes the number of runners.
func (f *function) scale(ctx context.Context, n int) {
	f.mu.Lock()
	f.wanted = n
	have, wasm, running := len(f.instances), f.wasm, f.state == stateRunning
	f.mu.Unlock()
	switch {
	case !running || have == n:
		return
	case n > have:
		fresh, err := f.start(ctx, wasm, n-have)
		if err != nil {
			f.journal.add("error", f.cfg.Name, "starting a replica: %s", err)
			return
		}
		f.mu.Lock()
		f.instances = append(f.instances, fresh...)
		f.mu.Unlock()
	default:
		f.mu.Lock()
		leaving := slices.Clone(f.instances[n:])
		f.mu.Unlock()
		f.retire(leaving)
	}
	f.journal.add("info", f.cfg.Name, "replicas %d -> %d", have, n)
}

// resize asks for a number of runners.
func (f *function) resize(n int) {
	select {
	case <-f.resized:
	default:
	}
	f.resized <- n
}

func (f *function) currentDigest() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.digest
}

// counts returns the sum over all runners that ever ran.
func (f *function) counts() counts {
	f.mu.Lock()
	defer f.mu.Unlock()
	sum := f.retired.clone()
	for _, i := range f.instances {
		sum.add(read(i.runner.Metrics()))
	}
	return sum
}
