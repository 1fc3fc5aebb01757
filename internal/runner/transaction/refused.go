// SPDX-License-Identifier: Apache-2.0

package transaction

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/delivery"
	"github.com/helm-wasm/helm-wasm/internal/runner/onerror"
	"github.com/helm-wasm/helm-wasm/internal/runner/processor"
	"github.com/helm-wasm/helm-wasm/internal/runner/settings"
	"github.com/helm-wasm/helm-wasm/runner/abi"
)

// refusedEvent is an event whose result its topic refuses. Such a result aborts
// its transaction, so the next one must know what to do with the event.
type refusedEvent struct {
	// alone says that the result was refused with no other beside it: brokers
	// refuse whole batches, so the first refusal may be a neighbour's fault.
	alone   bool
	failure *abi.Failure
	letter  *kgo.Record // what was refused, if it was the event's dead letter
	cuts    int
	counted bool // the metrics include that it was given up
}

// refusedError is why a refused result holds up its partition.
type refusedError struct{ *abi.Failure }

// take processes the records of one partition in a transaction.
func (t *Transactions) take(limit context.Context, records []*kgo.Record, fail func(error)) error {
	emit := func(record *kgo.Record, outputs []*kgo.Record) {
		for _, out := range t.Sink.Route(outputs) {
			t.produce(record, out, fail)
		}
	}
	for len(records) > 0 {
		n, err := t.plain(records)
		if err != nil {
			return err
		}
		if n > 0 {
			if err := t.Processor.Try(limit, records[:n], emit); err != nil {
				return err
			}
		}
		if records = records[n:]; len(records) > 0 {
			if err := t.again(limit, records[0], fail); err != nil {
				return err
			}
			records = records[1:]
		}
	}
	return nil
}

// plain returns how many records come before one that was refused. An error means
// that a record which holds up the partition was polled, and should not have been.
func (t *Transactions) plain(records []*kgo.Record) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.partitions[records[0].Partition]
	if p == nil {
		return len(records), nil
	}
	if last := records[len(records)-1]; p.held != nil && last.Offset >= p.held.event.Offset {
		p.held.before = 0
		for p.held.before < len(records) && records[p.held.before].Offset < p.held.event.Offset {
			p.held.before++
		}
		return 0, errSetAside
	}
	if len(p.refused) > 0 {
		for i, record := range records {
			if p.refused[record.Offset] != nil {
				return i, nil
			}
		}
	}
	return len(records), nil
}

// again processes an event whose result was refused before.
func (t *Transactions) again(limit context.Context, record *kgo.Record, fail func(error)) error {
	t.mu.Lock()
	var event refusedEvent
	if p := t.partitions[record.Partition]; p != nil && p.refused[record.Offset] != nil {
		event = *p.refused[record.Offset]
		p.refused[record.Offset].counted = event.alone
	}
	t.mu.Unlock()
	alone := func(record *kgo.Record, outputs []*kgo.Record) {
		for _, out := range t.Sink.Route(outputs) {
			t.produceAlone(limit, record, out, fail)
		}
	}
	switch {
	case !event.alone:
		return t.Processor.Try(limit, []*kgo.Record{record}, alone)
	case event.letter != nil:
		smaller := t.Policy.Cut(event.letter, event.cuts)
		if smaller == nil {
			smaller = event.letter // it waits, and readiness says so
		}
		alone(record, []*kgo.Record{smaller})
	case t.Policy.Blocks():
		t.forget(record)
		return &processor.Blocked{Event: record, Cause: &refusedError{event.failure}}
	case event.counted && t.Policy.Action != settings.Drop:
		alone(record, []*kgo.Record{t.Policy.Letter(record, event.failure, 1)})
	case !event.counted:
		t.Metrics.Failures.WithLabelValues(string(abi.Output)).Inc()
		alone(record, t.Policy.GiveUp(record, event.failure, 1))
	}
	return nil
}

// forget makes the next transaction treat the event like any other.
func (t *Transactions) forget(record *kgo.Record) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p := t.partitions[record.Partition]; p != nil {
		delete(p.refused, record.Offset)
	}
}

// produce writes a result in the current transaction.
func (t *Transactions) produce(record, out *kgo.Record, fail func(error)) {
	t.order.RLock()
	defer t.order.RUnlock()
	t.session.Produce(context.Background(), out, func(out *kgo.Record, err error) { t.written(record, out, err, false, fail) })
}

// produceAlone writes a result with no other beside it.
func (t *Transactions) produceAlone(limit context.Context, record, out *kgo.Record, fail func(error)) {
	t.order.Lock()
	defer t.order.Unlock()
	if err := t.session.Client().Flush(limit); err != nil {
		fail(errAborted)
		return
	}
	err := t.session.ProduceSync(limit, out).FirstErr()
	t.written(record, out, err, true, fail)
}

func (t *Transactions) written(record, out *kgo.Record, err error, alone bool, fail func(error)) {
	if err == nil {
		t.Metrics.Results.Inc()
		return
	}
	if delivery.Refused(err) && t.refuse(record, out, err, alone) {
		fail(errSetAside)
		return
	}
	fail(fmt.Errorf("writing to topic %q: %w", out.Topic, err))
}

// refuse remembers a refused result. It reports whether the next transaction will do
// something else.
func (t *Transactions) refuse(record, out *kgo.Record, err error, alone bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.partitions[record.Partition]
	if p == nil {
		return false
	}
	event := p.refused[record.Offset]
	if event == nil {
		event = &refusedEvent{}
		p.refused[record.Offset] = event
	}
	if !alone {
		return true
	}
	event.alone = true
	if !t.Policy.IsLetter(out) {
		event.failure = delivery.Refusal(out, err)
		return true
	}
	if event.letter != nil {
		event.cuts++
	}
	event.letter = out
	return event.cuts < onerror.CutTries
}
