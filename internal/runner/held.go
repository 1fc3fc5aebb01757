// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"errors"

	"github.com/twmb/franz-go/pkg/kgo"
)

// held is an event that holds up its partition: it fails, and onError.action
// is block. The partition is not fetched while others go on.
type held struct {
	record *kgo.Record
	// before is how many events before it are still to be done. A transaction
	// commits all that was polled, so they are polled alone and counted.
	before int
	cancel context.CancelFunc
}

// hold sets a partition aside. Its transaction is not committed.
func (t *transactions) hold(blocked *blockedError, records []*kgo.Record) {
	p, record := t.processor, blocked.record
	h := &held{record: record}
	for h.before < len(records) && records[h.before].Offset < record.Offset {
		h.before++
	}
	ctx, cancel := context.WithCancel(context.Background())
	h.cancel = cancel
	t.mu.Lock()
	defer t.mu.Unlock()
	portion := t.portions[record.Partition]
	if portion == nil {
		cancel()
		return
	}
	t.free(portion)
	portion.held = h
	p.conditions.Degrade(partitionCondition(record), p.blockReason(record, blocked.cause))
	t.helpers.Go(func() {
		if t.mend(ctx, blocked) != nil {
			return
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		if portion.held == h {
			t.free(portion)
			t.poke()
		}
	})
}

// mend returns when the event may work. Its results then are dropped: they
// belong into a transaction, with the event's offset.
func (t *transactions) mend(ctx context.Context, blocked *blockedError) error {
	if _, refused := errors.AsType[*refusedError](blocked.cause); refused {
		// Only writing tells whether the sink takes the result now.
		return sleep(ctx, t.processor.maxBackoff)
	}
	return t.processor.process(ctx, []*kgo.Record{blocked.record}, func(*kgo.Record, []*kgo.Record) {})
}

// free ends the holding up of a partition, under mu.
func (t *transactions) free(p *portion) {
	if p.held == nil {
		return
	}
	p.held.cancel()
	t.processor.conditions.Clear(partitionCondition(p.held.record))
	p.held = nil
}

// poll takes records of partitions that nothing holds up. What lies before a
// held event comes first, and alone.
func (t *transactions) poll(ctx context.Context) kgo.Fetches {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	t.mu.Lock()
	t.poke = cancel
	limit := t.batch()
	only := int32(-1)
	for id, p := range t.portions {
		if p.held != nil && p.held.before > 0 && (only < 0 || id < only) {
			only, limit = id, min(limit, p.held.before)
		}
	}
	for id, p := range t.portions {
		t.pause(id, only >= 0 && id != only || only < 0 && p.held != nil)
	}
	for id := range t.paused {
		if t.portions[id] == nil {
			t.pause(id, false)
		}
	}
	t.mu.Unlock()
	return t.session.PollRecords(ctx, limit)
}

// pause stops or resumes fetching of a partition, under mu.
func (t *transactions) pause(id int32, paused bool) {
	if t.paused[id] == paused {
		return
	}
	name := map[string][]int32{t.processor.Source.Topic: {id}}
	if paused {
		t.paused[id] = true
		t.session.Client().PauseFetchPartitions(name)
		return
	}
	delete(t.paused, id)
	t.session.Client().ResumeFetchPartitions(name)
}
