// SPDX-License-Identifier: Apache-2.0

package transaction

import (
	"context"
	"errors"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/backoff"
	"github.com/helm-wasm/helm-wasm/internal/runner/onerror"
	"github.com/helm-wasm/helm-wasm/internal/runner/processor"
)

// held is an event that holds up its partition: it fails, and onError.action
// is block. The partition is not fetched while others continue.
type held struct {
	event *kgo.Record
	// before is how many events before it are still to be done. A transaction
	// commits everything that was polled, so they are polled alone and counted.
	before int
	cancel context.CancelFunc
}

// hold sets a partition aside. Its transaction is not committed.
func (t *Transactions) hold(blocked *processor.Blocked, records []*kgo.Record) {
	event := blocked.Event
	h := &held{event: event}
	for h.before < len(records) && records[h.before].Offset < event.Offset {
		h.before++
	}
	ctx, cancel := context.WithCancel(context.Background())
	h.cancel = cancel
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.partitions[event.Partition]
	if p == nil {
		cancel()
		return
	}
	t.free(p)
	p.held = h
	t.Conditions.Degrade(onerror.Condition(event), onerror.BlockReason(event, blocked.Cause))
	t.helpers.Go(func() {
		if t.retry(ctx, blocked) != nil {
			return
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		if p.held == h {
			t.free(p)
			t.poke()
		}
	})
}

// retry returns nil when the event may work. It drops the results: they belong in
// a transaction, together with the event's offset.
func (t *Transactions) retry(ctx context.Context, blocked *processor.Blocked) error {
	if _, refused := errors.AsType[*refusedError](blocked.Cause); refused {
		// Only writing shows whether the sink accepts the result now.
		return backoff.Sleep(ctx, t.Policy.MaxBackoff)
	}
	return t.Processor.Process(ctx, []*kgo.Record{blocked.Event}, func(*kgo.Record, []*kgo.Record) {})
}

// free lets a held partition continue. mu is locked.
func (t *Transactions) free(p *partition) {
	if p.held == nil {
		return
	}
	p.held.cancel()
	t.Conditions.Clear(onerror.Condition(p.held.event))
	p.held = nil
}

// poll takes records of partitions that nothing holds up. Events before a held
// one come first, and alone.
func (t *Transactions) poll(ctx context.Context) kgo.Fetches {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	t.mu.Lock()
	t.poke = cancel
	limit := t.Processor.Batch(transactTime, pollMax)
	only := int32(-1)
	for id, p := range t.partitions {
		if p.held != nil && p.held.before > 0 && (only < 0 || id < only) {
			only, limit = id, min(limit, p.held.before)
		}
	}
	for id, p := range t.partitions {
		t.pause(id, only >= 0 && id != only || only < 0 && p.held != nil)
	}
	for id := range t.paused {
		if t.partitions[id] == nil {
			t.pause(id, false)
		}
	}
	t.mu.Unlock()
	return t.session.PollRecords(ctx, limit)
}

// pause stops or resumes fetching of a partition. mu is locked.
func (t *Transactions) pause(id int32, paused bool) {
	if t.paused[id] == paused {
		return
	}
	name := map[string][]int32{t.Topic: {id}}
	if paused {
		t.paused[id] = true
		t.session.Client().PauseFetchPartitions(name)
		return
	}
	delete(t.paused, id)
	t.session.Client().ResumeFetchPartitions(name)
}
