// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/runner/abi"
)

// refusedEvent is an event whose result its topic does not take. Such a result
// aborts its transaction, so what to do with the event is remembered for the
// next one.
type refusedEvent struct {
	// alone says that the result was refused with no other beside it: brokers
	// refuse whole batches, so the first refusal may be a neighbour's fault.
	alone   bool
	failure *abi.Failure
	letter  *kgo.Record // what was refused, if it was the event's dead letter
	cuts    int
	counted bool // its giving up is in the metrics
}

// refusedError is the cause of a partition that a refused result holds up.
type refusedError struct{ *abi.Failure }

// take processes the records of one partition in a transaction.
func (t *transactions) take(limit context.Context, records []*kgo.Record, fail func(error)) error {
	emit := func(record *kgo.Record, outputs []*kgo.Record) {
		for _, out := range t.processor.route(outputs) {
			t.produce(record, out, fail)
		}
	}
	for len(records) > 0 {
		n, err := t.plain(records)
		if err != nil {
			return err
		}
		if n > 0 {
			if err := t.processor.work(limit, records[:n], emit, true); err != nil {
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

// plain is how many records there are before one that was refused. An error
// names a record that holds the partition up and should not have been polled.
func (t *transactions) plain(records []*kgo.Record) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.portions[records[0].Partition]
	if p == nil {
		return len(records), nil
	}
	if last := records[len(records)-1]; p.held != nil && last.Offset >= p.held.record.Offset {
		p.held.before = 0
		for p.held.before < len(records) && records[p.held.before].Offset < p.held.record.Offset {
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
func (t *transactions) again(limit context.Context, record *kgo.Record, fail func(error)) error {
	t.mu.Lock()
	var event refusedEvent
	if p := t.portions[record.Partition]; p != nil && p.refused[record.Offset] != nil {
		event = *p.refused[record.Offset]
		p.refused[record.Offset].counted = event.alone
	}
	t.mu.Unlock()
	p := t.processor
	alone := func(record *kgo.Record, outputs []*kgo.Record) {
		for _, out := range p.route(outputs) {
			t.produceAlone(limit, record, out, fail)
		}
	}
	switch {
	case !event.alone:
		return p.work(limit, []*kgo.Record{record}, alone, true)
	case event.letter != nil:
		smaller := p.cut(event.letter, event.cuts)
		if smaller == nil {
			smaller = event.letter // it waits, and readiness says so
		}
		alone(record, []*kgo.Record{smaller})
	case p.action == "block":
		t.forget(record)
		return &blockedError{record, &refusedError{event.failure}}
	case event.counted && p.action != "drop":
		alone(record, []*kgo.Record{p.deadLetter(record, event.failure, 1)})
	case !event.counted:
		p.metrics.Failures.WithLabelValues(string(abi.Output)).Inc()
		alone(record, p.giveUp(record, event.failure, 1))
	}
	return nil
}

// forget tries the event's result as any other next time.
func (t *transactions) forget(record *kgo.Record) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p := t.portions[record.Partition]; p != nil {
		delete(p.refused, record.Offset)
	}
}

// produce writes a result in the transaction at hand.
func (t *transactions) produce(record, out *kgo.Record, fail func(error)) {
	t.order.RLock()
	defer t.order.RUnlock()
	t.session.Produce(context.Background(), out, func(out *kgo.Record, err error) { t.written(record, out, err, false, fail) })
}

// produceAlone writes a result with no other beside it.
func (t *transactions) produceAlone(limit context.Context, record, out *kgo.Record, fail func(error)) {
	t.order.Lock()
	defer t.order.Unlock()
	if err := t.session.Client().Flush(limit); err != nil {
		fail(errAborted)
		return
	}
	err := t.session.ProduceSync(limit, out).FirstErr()
	t.written(record, out, err, true, fail)
}

func (t *transactions) written(record, out *kgo.Record, err error, alone bool, fail func(error)) {
	if err == nil {
		t.processor.metrics.Results.Inc()
		return
	}
	if refused(err) && t.refuse(record, out, err, alone) {
		fail(errSetAside)
		return
	}
	fail(fmt.Errorf("writing to topic %q: %w", out.Topic, err))
}

// refuse remembers a refused result. It says whether the next transaction will
// do otherwise.
func (t *transactions) refuse(record, out *kgo.Record, err error, alone bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.portions[record.Partition]
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
	if !t.processor.isLetter(out) {
		event.failure = refusedResult(out, err)
		return true
	}
	if event.letter != nil {
		event.cuts++
	}
	event.letter = out
	return event.cuts < cutTries
}
