// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"reflect"
	"sync"
	"time"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/runner/backoff"
	"github.com/helm-wasm/helm-wasm/internal/runner/module"
)

// reloadInterval is how often a host reads its configuration.
const reloadInterval = 2 * time.Second

// follow reads the configuration again and again until ctx is done. One that
// cannot be read changes nothing, and shows in the host's readiness.
func (h *Host) follow(ctx context.Context) {
	if h.options.reload == nil {
		<-ctx.Done()
		return
	}
	for backoff.Sleep(ctx, h.options.reloads) == nil {
		cfg, err := h.options.reload()
		if err != nil {
			h.conditions.Degrade("configuration", "the new configuration is not used: "+err.Error())
			continue
		}
		if !reflect.DeepEqual(cfg.Kafka, h.config.Kafka) || cfg.AdminPort != h.config.AdminPort {
			h.conditions.Degrade("configuration", "kafka or adminPort has changed, which takes a restart of the host")
			continue
		}
		h.conditions.Clear("configuration")
		h.apply(ctx, cfg)
	}
}

// apply stops functions that have gone, starts new ones, and replaces those that
// are different. It returns when that is done.
func (h *Host) apply(ctx context.Context, cfg contract.HostConfig) {
	wanted := map[string]bool{}
	for _, f := range cfg.Functions {
		wanted[f.Name] = true
	}
	var ends sync.WaitGroup
	for _, r := range h.list() {
		if !wanted[r.settings.Name] {
			ends.Go(func() { h.remove(r) })
		}
	}
	ends.Wait()
	for name := range h.refused {
		if !wanted[name] {
			h.refuse(name, nil)
		}
	}
	for _, f := range cfg.Functions {
		h.mu.Lock()
		old := h.residents[f.Name]
		h.mu.Unlock()
		switch {
		case ctx.Err() != nil:
			return
		case old != nil:
			h.replace(ctx, old, f)
		case !h.refused[f.Name] || !reflect.DeepEqual(cfg, h.config):
			r, err := h.runner(f, nil)
			if h.refuse(f.Name, err); err == nil {
				h.start(ctx, r, f)
			}
		}
	}
	h.config = cfg
}

// refuse shows that a function's configuration is wrong; nil, that it is not.
func (h *Host) refuse(name string, err error) {
	if err == nil {
		delete(h.refused, name)
		h.conditions.Clear("function " + name)
		return
	}
	h.refused[name] = true
	h.conditions.Degrade("function "+name, err.Error())
}

// remove stops a function that has gone from the configuration.
func (h *Host) remove(r *resident) {
	h.logger.Info("function removed", "function", r.settings.Name)
	r.end()
	h.mu.Lock()
	delete(h.residents, r.settings.Name)
	h.mu.Unlock()
	r.metrics.Close()
}

// replace makes a function what the configuration says now. The old one goes on
// until the new one has shown that it can start, and in any case where it cannot.
func (h *Host) replace(ctx context.Context, old *resident, f contract.HostFunction) {
	if reflect.DeepEqual(old.config, f) {
		old.reject(nil, nil)
		return
	}
	if old.rejected != nil && reflect.DeepEqual(*old.rejected, f) {
		return
	}
	r, err := h.runner(f, old.metrics)
	if err == nil {
		err = r.try(ctx)
	}
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		old.reject(&f, err)
		if module.Temporary(err) {
			old.rejected = nil // try again
		}
		return
	}
	h.logger.Info("function changed", "function", f.Name)
	old.end()
	old.reject(nil, nil)
	h.start(ctx, r, f)
}

// reject shows that a changed configuration cannot be used; nil, that there is none.
func (r *resident) reject(f *contract.HostFunction, err error) {
	if r.rejected = f; err == nil {
		r.metrics.Rejected.Set(0)
		r.conditions.Clear("update")
		return
	}
	r.metrics.Rejected.Set(1)
	r.conditions.Degrade("update", "the function has changed and cannot run so; the old one goes on: "+err.Error())
}
