// SPDX-License-Identifier: Apache-2.0

// Package processor runs events through a function, with retries, within a bound
// on how many partitions are processed at the same time.
package processor

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/health"
	"github.com/helm-wasm/helm-wasm/internal/runner/metrics"
	"github.com/helm-wasm/helm-wasm/internal/runner/onerror"
	"github.com/helm-wasm/helm-wasm/internal/runner/tracing"
	"github.com/helm-wasm/helm-wasm/internal/runner/workers"
	"github.com/helm-wasm/helm-wasm/runner/abi"
)

const (
	// chunkTime is about how long the function gets for the records that it is
	// given together: long enough to spread the cost of a call, and short
	// enough that neither a rebalance nor a stop waits for long.
	chunkTime = 20 * time.Millisecond
	// ChunkMax is the most records that the function is given together.
	ChunkMax = 512
)

// Config of a processor.
type Config struct {
	Slots      int // how many partitions are processed at the same time
	Policy     *onerror.Policy
	Metrics    *metrics.Set
	Conditions *health.Conditions
	Logger     *slog.Logger
	Trace      *tracing.Tracer
	Began      time.Time      // when the process started
	Share      *workers.Share // of a host's workers; nil waits for none
}

// A Processor runs events through one function. It is safe for concurrent use.
type Processor struct {
	Config
	slots chan struct{}
	pool  *pool

	cost  atomic.Int64 // moving average of one event, in nanoseconds
	first sync.Once    // the first event ends the cold start

	// attempts of records whose processing was stopped, by partition.
	mu       sync.Mutex
	attempts map[int32]attempt
}

type attempt struct {
	offset int64
	count  int
}

// Emit receives an event that is done, and its outputs, whose slice is valid only
// during the call.
type Emit func(event *kgo.Record, outputs []*kgo.Record)

// New makes a processor, which processes nothing before Use.
func New(cfg Config) *Processor {
	return &Processor{Config: cfg, slots: make(chan struct{}, cfg.Slots), attempts: map[int32]attempt{}}
}

// Use sets the function, which Close closes. Call it once.
func (p *Processor) Use(function abi.Function) {
	p.pool = &pool{function: function, metrics: p.Metrics}
}

// Warm starts one instance. It shows what is wrong with a module before an
// event does.
func (p *Processor) Warm(ctx context.Context) error {
	instance, err := p.pool.get(ctx)
	if err != nil {
		return err
	}
	p.pool.put(ctx, instance)
	return nil
}

// Drop frees instances that are idle.
func (p *Processor) Drop() { p.pool.drop(context.Background(), false) }

// Close frees the function with all its instances.
func (p *Processor) Close(ctx context.Context) error {
	p.pool.close(ctx)
	return p.pool.function.Close(ctx)
}

// Batch returns how many events all slots together process in about the given time:
// from 1 to most.
func (p *Processor) Batch(d time.Duration, most int) int {
	return p.within(d*time.Duration(p.Slots), most)
}

// within returns how many events one slot processes in about the given time.
func (p *Processor) within(d time.Duration, most int) int {
	cost := max(1, p.cost.Load())
	return int(max(1, min(int64(most), int64(d)/cost)))
}

// Process passes the records of one partition to the function, in order, until all
// are emitted or stop is done. The function finishes the record that it has then.
func (p *Processor) Process(stop context.Context, records []*kgo.Record, emit Emit) error {
	return p.work(stop, records, emit, false)
}

// Try is Process, but it returns a *Blocked error where Process would repeat a
// record until it works.
func (p *Processor) Try(stop context.Context, records []*kgo.Record, emit Emit) error {
	return p.work(stop, records, emit, true)
}

func (p *Processor) work(stop context.Context, records []*kgo.Record, emit Emit, leave bool) error {
	if err := p.acquire(stop); err != nil {
		return err
	}
	defer func() { <-p.slots }()
	for len(records) > 0 {
		if stop.Err() != nil {
			return stop.Err()
		}
		chunk := records[:min(len(records), p.within(chunkTime, ChunkMax))]
		done, err := p.attempt(stop, chunk, emit)
		records = records[done:]
		if err == nil {
			continue
		}
		if len(records) == 0 {
			// All records were done when the guest failed: none is to blame,
			// and the next batch gets another instance.
			p.failed(err)
			p.Logger.Warn("function failed after its last event; its instance is replaced", "kind", abi.KindOf(err), "error", err.Error())
			return nil
		}
		if err := p.retry(stop, records[0], err, emit, leave); err != nil {
			return err
		}
		records = records[1:]
	}
	return nil
}

func (p *Processor) acquire(stop context.Context) error {
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-stop.Done():
		return stop.Err()
	}
}

// attempt gives records to an instance and returns how many were done.
func (p *Processor) attempt(stop context.Context, records []*kgo.Record, emit Emit) (int, error) {
	turn, err := p.Share.Begin(stop)
	if err != nil {
		return 0, err
	}
	defer turn.End()
	instance, err := p.pool.get(stop)
	if err != nil {
		return 0, err
	}
	ctx := context.WithoutCancel(stop)
	defer p.pool.put(ctx, instance)
	// Times are since begin: time.Since reads one clock, time.Now two.
	done, last, begin := 0, time.Duration(0), time.Now()
	err = instance.Process(ctx, records, func(outputs []*kgo.Record) {
		record := records[done]
		done++
		now := time.Since(begin)
		p.Metrics.Duration.Observe((now - last).Seconds())
		p.Trace.Finish(record, outputs, begin.Add(last), begin.Add(now), nil)
		p.count(outputs)
		emit(record, outputs)
		// The time that emit waits is not the function's.
		last = now
		if len(outputs) > 0 {
			last = time.Since(begin)
		}
	})
	if done > 0 {
		p.first.Do(func() {
			p.Metrics.Phase("first_event", p.Began)
			p.Logger.Info("first event processed", "after", time.Since(p.Began).Round(time.Millisecond).String())
		})
		sample := int64(time.Since(begin)) / int64(done)
		old := p.cost.Load()
		if old == 0 {
			old = sample
		}
		p.cost.Store((3*old + sample) / 4)
	}
	return done, err
}

func (p *Processor) count(outputs []*kgo.Record) {
	if len(outputs) == 0 {
		p.Metrics.Events[metrics.Filtered].Inc()
		return
	}
	p.Metrics.Events[metrics.Processed].Inc()
}
