// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"slices"
	"strconv"

	"github.com/twmb/franz-go/pkg/kgo"
)

// portion is what transactions know of an assigned partition.
type portion struct {
	at     int64 // offset of the next event; -1 unknown
	end    int64 // high watermark
	commit bool  // this runner has committed an offset of it
	held   *held // an event that holds it up
	// Events whose results were refused, by offset.
	refused map[int64]*refusedEvent
}

func (t *transactions) assigned(_ context.Context, _ *kgo.Client, topics map[string][]int32) {
	ids := topics[t.processor.Source.Topic]
	if len(ids) > 0 {
		t.joined()
		t.logger.Info("partitions assigned", "partitions", ids)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, id := range ids {
		t.release(id)
		t.portions[id] = &portion{at: -1, refused: map[int64]*refusedEvent{}}
	}
	t.counted()
}

// revoked is for lost partitions as well. The session aborts the transaction
// at hand.
func (t *transactions) revoked(_ context.Context, _ *kgo.Client, topics map[string][]int32) {
	ids := topics[t.processor.Source.Topic]
	if len(ids) == 0 {
		return
	}
	t.logger.Info("partitions revoked", "partitions", ids)
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, id := range ids {
		t.release(id)
	}
	t.counted()
}

// release forgets a partition, under mu.
func (t *transactions) release(id int32) {
	p := t.portions[id]
	if p == nil {
		return
	}
	t.free(p)
	delete(t.portions, id)
	t.processor.metrics.Lag.DeleteLabelValues(strconv.Itoa(int(id)))
}

// counted follows a change of partitions, under mu.
func (t *transactions) counted() {
	t.processor.metrics.Partitions.Set(float64(len(t.portions)))
	t.poke() // so that what is paused is looked at again
}

// drop forgets all partitions.
func (t *transactions) drop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for id := range t.portions {
		t.release(id)
	}
	t.counted()
}

// assignment is the partitions at hand. The session keeps a second revocation
// during a transaction to itself; such partitions are known by their offsets,
// which the client has forgotten.
func (t *transactions) assignment() []int32 {
	known := t.session.Client().CommittedOffsets()[t.processor.Source.Topic]
	t.mu.Lock()
	defer t.mu.Unlock()
	var ids []int32
	for id, p := range t.portions {
		if _, ok := known[id]; p.commit && !ok {
			t.release(id)
			continue
		}
		ids = append(ids, id)
	}
	t.processor.metrics.Partitions.Set(float64(len(t.portions)))
	slices.Sort(ids)
	return ids
}

// ends takes the ends of partitions that the watch has found.
func (t *transactions) ends(found map[int32]int64) {
	known := t.session.Client().CommittedOffsets()[t.processor.Source.Topic]
	t.mu.Lock()
	defer t.mu.Unlock()
	for id, end := range found {
		p := t.portions[id]
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

// fetched notes where partitions stand before a transaction.
func (t *transactions) fetched(fetches kgo.Fetches) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fetches.EachPartition(func(f kgo.FetchTopicPartition) {
		p := t.portions[f.Partition]
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

// committed notes where they stand after it.
func (t *transactions) committed(fetches kgo.Fetches) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fetches.EachPartition(func(f kgo.FetchTopicPartition) {
		p := t.portions[f.Partition]
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

// observe updates a partition's gauge, under mu.
func (t *transactions) observe(id int32, p *portion) {
	lag := int64(0)
	if p.at >= 0 {
		lag = max(0, p.end-p.at)
	}
	t.processor.metrics.Lag.WithLabelValues(strconv.Itoa(int(id))).Set(float64(lag))
}
