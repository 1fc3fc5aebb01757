// SPDX-License-Identifier: Apache-2.0

package processor

import (
	"context"
	"errors"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/onerror"
	"github.com/helm-wasm/helm-wasm/runner/abi"
)

// Blocked is an event that holds up its partition: it failed every attempt, and
// onError.action is block.
type Blocked struct {
	Event *kgo.Record
	Cause error
}

// Error returns the cause's message.
func (b *Blocked) Error() string { return b.Cause.Error() }

// Unwrap returns the cause.
func (b *Blocked) Unwrap() error { return b.Cause }

// retry repeats one failed record until it is done or given up. It releases its slot
// while it waits, so that other partitions can use it.
func (p *Processor) retry(stop context.Context, record *kgo.Record, cause error, emit Emit, leave bool) error {
	tries := 1 + p.earlier(record)
	began := time.Now()
	blocked := ""
	defer func() {
		if blocked != "" {
			p.Conditions.Clear(blocked)
		}
	}()
	for {
		kind := p.failed(cause)
		p.Logger.Warn("function failed", "topic", record.Topic, "partition", record.Partition, "offset",
			record.Offset, "attempt", tries, "kind", kind, "error", cause.Error())
		wait := p.Policy.Wait(tries)
		switch {
		case kind == abi.Unavailable:
			// The function is not there, which is not the record's fault.
			tries--
			blocked = "function"
			p.Conditions.Block(blocked, cause.Error())
		case p.Policy.Spent(tries) && !p.Policy.Blocks():
			p.forget(record)
			outputs := p.Policy.GiveUp(record, cause, tries)
			p.Trace.Finish(record, outputs, began, time.Now(), cause)
			emit(record, outputs)
			return nil
		case p.Policy.Spent(tries) && leave:
			p.remember(record, tries)
			return &Blocked{record, cause}
		case p.Policy.Spent(tries):
			blocked = onerror.Condition(record)
			p.Conditions.Degrade(blocked, onerror.BlockReason(record, cause))
			wait = p.Policy.MaxBackoff
		}
		if err := p.pause(stop, wait); err != nil {
			p.remember(record, tries)
			return err
		}
		p.Metrics.Retries.Inc()
		done, err := p.attempt(stop, []*kgo.Record{record}, emit)
		if done == 1 {
			p.forget(record)
			return nil
		}
		if err == nil {
			err = errors.New("the function returned without reading the record")
		}
		cause = err
		tries++
	}
}

// failed counts a failure and returns its kind.
func (p *Processor) failed(cause error) abi.Kind {
	kind := abi.KindOf(cause)
	p.Metrics.Failures.WithLabelValues(string(kind)).Inc()
	return kind
}

// pause releases the slot while it waits.
func (p *Processor) pause(stop context.Context, d time.Duration) error {
	<-p.slots
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-stop.Done():
	}
	// work releases the slot itself, so take one in any case.
	p.slots <- struct{}{}
	return stop.Err()
}

func (p *Processor) earlier(record *kgo.Record) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if a, ok := p.attempts[record.Partition]; ok && a.offset == record.Offset {
		return a.count
	}
	return 0
}

func (p *Processor) remember(record *kgo.Record, tries int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.attempts[record.Partition] = attempt{record.Offset, tries}
}

func (p *Processor) forget(record *kgo.Record) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.attempts, record.Partition)
}
