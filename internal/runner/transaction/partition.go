// SPDX-License-Identifier: Apache-2.0

package transaction

import (
	"context"
	"slices"
	"strconv"

	"github.com/twmb/franz-go/pkg/kgo"
)

// partition is what the delivery knows about an assigned partition.
type partition struct {
	at     int64 // offset of the next event; -1 unknown
	end    int64 // high watermark
	commit bool  // this runner has committed an offset of it
	held   *held // an event that holds it up
	// Events whose results were refused, by offset.
	refused map[int64]*refusedEvent
}

func (t *Transactions) assigned(_ context.Context, _ *kgo.Client, topics map[string][]int32) {
	ids := topics[t.Topic]
	if len(ids) > 0 {
		t.Joined()
		t.Logger.Info("partitions assigned", "partitions", ids)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, id := range ids {
		t.release(id)
		t.partitions[id] = &partition{at: -1, refused: map[int64]*refusedEvent{}}
	}
	t.counted()
}

// revoked handles lost partitions as well. The session aborts the current
// transaction.
func (t *Transactions) revoked(_ context.Context, _ *kgo.Client, topics map[string][]int32) {
	ids := topics[t.Topic]
	if len(ids) == 0 {
		return
	}
	t.Logger.Info("partitions revoked", "partitions", ids)
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, id := range ids {
		t.release(id)
	}
	t.counted()
}

// release forgets a partition. mu is locked.
func (t *Transactions) release(id int32) {
	p := t.partitions[id]
	if p == nil {
		return
	}
	t.free(p)
	delete(t.partitions, id)
	t.Metrics.Lag.DeleteLabelValues(strconv.Itoa(int(id)))
}

// counted follows a change in the number of partitions. mu is locked.
func (t *Transactions) counted() {
	t.Metrics.Partitions.Set(float64(len(t.partitions)))
	t.poke() // so that paused partitions are looked at again
}

// drop forgets all partitions.
func (t *Transactions) drop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for id := range t.partitions {
		t.release(id)
	}
	t.counted()
}

// Assignment lists the partitions that the delivery has. The session does not
// report a second revocation during a transaction; such partitions are known by
// their offsets, which the client has forgotten.
func (t *Transactions) Assignment() []int32 {
	known := t.session.Client().CommittedOffsets()[t.Topic]
	t.mu.Lock()
	defer t.mu.Unlock()
	var ids []int32
	for id, p := range t.partitions {
		if _, ok := known[id]; p.commit && !ok {
			t.release(id)
			continue
		}
		ids = append(ids, id)
	}
	t.Metrics.Partitions.Set(float64(len(t.partitions)))
	slices.Sort(ids)
	return ids
}

// Ends receives the end offsets of partitions.
func (t *Transactions) Ends(found map[int32]int64) {
	known := t.session.Client().CommittedOffsets()[t.Topic]
	t.mu.Lock()
	defer t.mu.Unlock()
	for id, end := range found {
		p := t.partitions[id]
		if p == nil {
			continue
		}
		if at, ok := known[id]; ok && p.at < 0 {
			p.at = at.Offset
		}
		p.end = max(p.end, end)
		t.observe(id, p)
	}
}

// fetched records how far partitions are before a transaction.
func (t *Transactions) fetched(fetches kgo.Fetches) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fetches.EachPartition(func(f kgo.FetchTopicPartition) {
		p := t.partitions[f.Partition]
		if p == nil || len(f.Records) == 0 {
			return
		}
		if p.at < 0 {
			p.at = f.Records[0].Offset
		}
		p.end = max(p.end, f.HighWatermark)
		t.observe(f.Partition, p)
	})
}

// committed records how far they are after it.
func (t *Transactions) committed(fetches kgo.Fetches) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fetches.EachPartition(func(f kgo.FetchTopicPartition) {
		p := t.partitions[f.Partition]
		if p == nil || len(f.Records) == 0 {
			return
		}
		p.at, p.commit = f.Records[len(f.Records)-1].Offset+1, true
		if p.held != nil {
			p.held.before = max(0, p.held.before-len(f.Records))
		}
		for offset := range p.refused {
			if offset < p.at {
				delete(p.refused, offset)
			}
		}
		t.observe(f.Partition, p)
	})
}

// observe updates a partition's gauge. mu is locked.
func (t *Transactions) observe(id int32, p *partition) {
	lag := int64(0)
	if p.at >= 0 {
		lag = max(0, p.end-p.at)
	}
	t.Metrics.Lag.WithLabelValues(strconv.Itoa(int(id))).Set(float64(lag))
}
