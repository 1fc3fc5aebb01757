// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/health"
	"github.com/helm-wasm/helm-wasm/internal/runner/metrics"
	"github.com/helm-wasm/helm-wasm/runner/abi"
)

const (
	// chunkTime is about how long one hand-over of records to the guest
	// takes: long enough to spread its cost, short enough that a rebalance
	// or a stop does not wait.
	chunkTime = 20 * time.Millisecond
	chunkMax  = 512
)

// processor runs records through the function, with retries, within a bound
// on how many partitions work at once.
type processor struct {
	settings
	pool       *pool
	slots      chan struct{}
	metrics    *metrics.Set
	conditions *health.Conditions
	logger     *slog.Logger
	digest     string
	trace      *tracer
	sizes      *batchSizes

	cost  atomic.Int64 // moving average of one event, in nanoseconds
	first sync.Once    // the first event ends the cold start
	began time.Time

	// attempts of records whose processing was stopped, by partition.
	mu       sync.Mutex
	attempts map[int32]attempt
}

type attempt struct {
	offset int64
	count  int
}

// emit takes a finished record with its outputs.
type emit func(record *kgo.Record, outputs []*kgo.Record)

// chunk is how many records to hand over at once.
func (p *processor) chunk() int {
	cost := max(1, p.cost.Load())
	return int(max(1, min(chunkMax, int64(chunkTime)/cost)))
}

// process takes the records of one partition in order until all are emitted,
// or stop is done: the record at hand is then finished, not cut.
func (p *processor) process(stop context.Context, records []*kgo.Record, emit emit) error {
	return p.work(stop, records, emit, false)
}

// work is process; with leave, it returns *blocked where process would repeat
// a record until it works.
func (p *processor) work(stop context.Context, records []*kgo.Record, emit emit, leave bool) error {
	if err := p.acquire(stop); err != nil {
		return err
	}
	defer func() { <-p.slots }()
	for len(records) > 0 {
		if stop.Err() != nil {
			return stop.Err()
		}
		chunk := records[:min(len(records), p.chunk())]
		done, err := p.attempt(stop, chunk, emit)
		records = records[done:]
		if err == nil {
			continue
		}
		if len(records) == 0 {
			// All records were done when the guest failed: there is none to
			// blame, and the next batch gets another instance.
			p.failed(err)
			p.logger.Warn("function failed after its last event; its instance is replaced", "kind", abi.KindOf(err), "error", err.Error())
			return nil
		}
		if err := p.retry(stop, records[0], err, emit, leave); err != nil {
			return err
		}
		records = records[1:]
	}
	return nil
}

func (p *processor) acquire(stop context.Context) error {
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-stop.Done():
		return stop.Err()
	}
}

// attempt hands records to an instance and says how many were done.
func (p *processor) attempt(stop context.Context, records []*kgo.Record, emit emit) (int, error) {
	instance, err := p.pool.get(stop)
	if err != nil {
		return 0, err
	}
	ctx := context.WithoutCancel(stop)
	defer p.pool.put(ctx, instance)
	// Times are since begin: that reads one clock, and time.Now two.
	done, last, begin := 0, time.Duration(0), time.Now()
	err = instance.Process(ctx, records, func(outputs []*kgo.Record) {
		record := records[done]
		done++
		now := time.Since(begin)
		p.metrics.Duration.Observe((now - last).Seconds())
		p.trace.finish(record, outputs, begin.Add(last), begin.Add(now), nil)
		p.count(outputs)
		emit(record, outputs)
		// What emit waits for is not the function's time.
		last = now
		if len(outputs) > 0 {
			last = time.Since(begin)
		}
	})
	if done > 0 {
		p.first.Do(func() {
			p.metrics.Phase("first_event", p.began)
			p.logger.Info("first event processed", "after", time.Since(p.began).Round(time.Millisecond).String())
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

func (p *processor) count(outputs []*kgo.Record) {
	if len(outputs) == 0 {
		p.metrics.Events[metrics.Filtered].Inc()
		return
	}
	p.metrics.Events[metrics.Processed].Inc()
}

// retry repeats one failed record until it is done or given up. The slot is
// free while it waits, so that other partitions go on.
func (p *processor) retry(stop context.Context, record *kgo.Record, cause error, emit emit, leave bool) error {
	tries := 1 + p.earlier(record)
	began := time.Now()
	blocked := ""
	defer func() {
		if blocked != "" {
			p.conditions.Clear(blocked)
		}
	}()
	for {
		kind := p.failed(cause)
		p.logger.Warn("function failed", "topic", record.Topic, "partition", record.Partition, "offset", record.Offset, "attempt", tries, "kind", kind, "error", cause.Error())
		wait := p.wait(tries)
		switch {
		case kind == abi.Unavailable:
			// The function is not there: that says nothing of the record.
			tries--
			blocked = "function"
			p.conditions.Block(blocked, cause.Error())
		case tries > p.OnError.Retries && p.action != "block":
			p.forget(record)
			outputs := p.giveUp(record, cause, tries)
			p.trace.finish(record, outputs, began, time.Now(), cause)
			emit(record, outputs)
			return nil
		case tries > p.OnError.Retries && leave:
			p.remember(record, tries)
			return &blockedError{record, cause}
		case tries > p.OnError.Retries:
			blocked = partitionCondition(record)
			p.conditions.Degrade(blocked, p.blockReason(record, cause))
			wait = p.maxBackoff
		}
		if err := p.pause(stop, wait); err != nil {
			p.remember(record, tries)
			return err
		}
		p.metrics.Retries.Inc()
		done, err := p.attempt(stop, []*kgo.Record{record}, emit)
		if done == 1 {
			p.forget(record)
			return nil
		}
		if err == nil {
			err = fmt.Errorf("the function returned without reading the record")
		}
		cause = err
		tries++
	}
}

// failed counts a failure and says what it is.
func (p *processor) failed(cause error) abi.Kind {
	kind := abi.KindOf(cause)
	p.metrics.Failures.WithLabelValues(string(kind)).Inc()
	return kind
}

// blockedError is a record that holds up its partition: it failed every
// attempt, and onError.action is block.
type blockedError struct {
	record *kgo.Record
	cause  error
}

func (b *blockedError) Error() string { return b.cause.Error() }

// partitionCondition names the condition of a partition that is held up.
func partitionCondition(record *kgo.Record) string {
	return fmt.Sprintf("partition %s/%d", record.Topic, record.Partition)
}

func (p *processor) blockReason(record *kgo.Record, cause error) string {
	return fmt.Sprintf("offset %d fails, and onError.action is block: %s", record.Offset, cause)
}

// wait doubles from backoff to maxBackoff, with half of it random, so that
// partitions that failed together do not retry together.
func (p *processor) wait(tries int) time.Duration {
	d := p.maxBackoff
	if tries < 32 {
		d = min(d, p.backoff<<(tries-1))
	}
	if d <= 0 {
		d = p.maxBackoff
	}
	return d/2 + rand.N(d/2+1)
}

// pause gives the slot back for a while.
func (p *processor) pause(stop context.Context, d time.Duration) error {
	<-p.slots
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-stop.Done():
	}
	// process gives the slot back itself, so take one in any case.
	p.slots <- struct{}{}
	return stop.Err()
}

func (p *processor) earlier(record *kgo.Record) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if a, ok := p.attempts[record.Partition]; ok && a.offset == record.Offset {
		return a.count
	}
	return 0
}

func (p *processor) remember(record *kgo.Record, tries int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.attempts[record.Partition] = attempt{record.Offset, tries}
}

func (p *processor) forget(record *kgo.Record) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.attempts, record.Partition)
}
