// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/runner/backoff"
	"github.com/helm-wasm/helm-wasm/internal/runner/metrics"
	"github.com/helm-wasm/helm-wasm/internal/runner/module"
)

// tryLimit is how long a changed function's module may take to come.
const tryLimit = time.Minute

// resident is a function of a host, at work.
type resident struct {
	*Runner
	config contract.HostFunction
	stop   context.CancelFunc
	done   chan struct{}

	// rejected is a changed configuration that cannot be used.
	rejected *contract.HostFunction
}

// runner makes the runner of a function. set is that of the runner it replaces,
// or nil.
func (h *Host) runner(f contract.HostFunction, set *metrics.Set) (*Runner, error) {
	s, err := resolveHosted(h.config, f)
	if err != nil {
		return nil, err
	}
	if set == nil {
		set = metrics.New(h.registry, s.Name, s.ABI)
	}
	r := newRunner(s, h.options, set)
	r.host, r.share = h, h.workers.Share(f.Weight)
	r.options.watch = hostWatch
	return r, nil
}

// start puts a runner to work.
func (h *Host) start(ctx context.Context, r *Runner, f contract.HostFunction) {
	alone, stop := context.WithCancel(ctx)
	here := &resident{Runner: r, config: f, stop: stop, done: make(chan struct{})}
	h.mu.Lock()
	h.residents[f.Name] = here
	h.mu.Unlock()
	go func() {
		defer close(here.done)
		here.keep(alone)
	}()
}

// keep runs the function until ctx is done, and starts it again when it ends
// before: what ends a runner's process is one function's matter here.
func (r *resident) keep(ctx context.Context) {
	for try := 0; ctx.Err() == nil; try++ {
		began := time.Now()
		err := r.run(ctx)
		if ctx.Err() != nil {
			return
		}
		if time.Since(began) > restartMax {
			try = 0
		}
		r.conditions.Block("function", fmt.Sprint("the function has ended and is started again: ", err))
		_ = backoff.Sleep(ctx, backoff.Delay(restartMin, restartMax, try))
		r.conditions.Clear("function")
	}
}

// end stops the function: what is in flight is finished and committed.
func (r *resident) end() {
	r.stop()
	<-r.done
}

// try fetches and compiles the module, and starts one instance, beside what runs.
func (r *Runner) try(ctx context.Context) error {
	limit, cancel := context.WithTimeout(ctx, tryLimit)
	defer cancel()
	wasm := r.options.module
	if wasm == nil {
		var err error
		source := module.Source{Image: r.settings.Module.Image, Path: r.settings.Module.Path, DockerConfig: r.options.dockerDir}
		if wasm, err = source.Fetch(limit); err != nil {
			return err
		}
	}
	return r.host.keeper.Compile(ctx, func() error {
		opened, err := r.compile(ctx, wasm)
		if err != nil {
			return err
		}
		instance, err := opened.Instance(ctx)
		if err == nil {
			err = instance.Close(ctx)
		}
		return errors.Join(err, opened.Close(ctx))
	})
}
