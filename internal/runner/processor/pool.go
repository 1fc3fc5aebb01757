// SPDX-License-Identifier: Apache-2.0

package processor

import (
	"context"
	"sync"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/runner/metrics"
	"github.com/helm-wasm/helm-wasm/runner/abi"
)

// pool keeps idle instances. There are never more instances than slots, since only
// the holder of a slot takes one.
type pool struct {
	function abi.Function
	metrics  *metrics.Set

	mu     sync.Mutex
	idle   []abi.Instance
	closed bool
}

func (p *pool) get(ctx context.Context) (abi.Instance, error) {
	p.mu.Lock()
	if n := len(p.idle); n > 0 {
		instance := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		return instance, nil
	}
	p.mu.Unlock()
	start := time.Now()
	instance, err := p.function.Instance(ctx)
	if err != nil {
		return nil, err
	}
	p.metrics.InstanceStart.Observe(time.Since(start).Seconds())
	p.metrics.Starts.Inc()
	p.metrics.Instances.Inc()
	return instance, nil
}

// put takes an instance back, or frees it when it is broken.
func (p *pool) put(ctx context.Context, instance abi.Instance) {
	p.mu.Lock()
	keep := !p.closed && !instance.Broken()
	if keep {
		p.idle = append(p.idle, instance)
	}
	p.mu.Unlock()
	if !keep {
		p.free(ctx, instance)
	}
}

func (p *pool) free(ctx context.Context, instance abi.Instance) {
	_ = instance.Close(ctx)
	p.metrics.Instances.Dec()
}

// close frees idle instances at once, and the others as they come back.
func (p *pool) close(ctx context.Context) { p.drop(ctx, true) }

// drop frees idle instances; with closed, the others as they come back, too.
func (p *pool) drop(ctx context.Context, closed bool) {
	p.mu.Lock()
	idle := p.idle
	p.idle, p.closed = nil, p.closed || closed
	p.mu.Unlock()
	for _, instance := range idle {
		p.free(ctx, instance)
	}
}
