// SPDX-License-Identifier: Apache-2.0

// Package stream delivers at least once: partitions work independently, and
// offsets are committed behind the acknowledgements of results.
package stream

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/delivery"
)

// Stream is delivery at-least-once.
type Stream struct {
	delivery.Parts
	client    *kgo.Client
	consumer  Consumer
	shared    *shared
	writer    *writer
	committer *committer

	mu         sync.Mutex
	partitions map[int32]*partition
	draining   bool // no partition begins any more
}

// New makes a stream from a consumer, which is its alone, and the client that
// writes results. queue is what functions share whose client is not their own;
// else it is nil.
func New(parts delivery.Parts, consumer Consumer, client *kgo.Client, queue *Queue) *Stream {
	s := &Stream{Parts: parts, client: client, consumer: consumer, shared: newShared(queue), partitions: map[int32]*partition{}}
	s.writer = &writer{client: client, sink: s.Sink, policy: s.Policy, metrics: s.Metrics, conditions: s.Conditions}
	s.committer = &committer{
		consumer: consumer, shared: s.shared, partitions: s.list,
		metrics: s.Metrics, conditions: s.Conditions, logger: s.Logger,
	}
	consumer.Use(s)
	return s
}

// Client is the one that writes results.
func (s *Stream) Client() *kgo.Client { return s.client }

// Run consumes until ctx is done, then drains.
func (s *Stream) Run(ctx context.Context) error {
	background, stop := context.WithCancel(context.Background())
	var committer sync.WaitGroup
	committer.Go(func() { s.committer.run(background) })
	s.consumer.Run(ctx)
	drain, cancel := context.WithTimeout(context.Background(), s.Grace)
	defer cancel()
	s.mu.Lock()
	s.draining = true
	s.mu.Unlock()
	s.release(drain, s.Assignment(), true)
	stop()
	committer.Wait()
	return nil
}

// Fetched is Handler.
func (s *Stream) Fetched(id int32, records []*kgo.Record, end int64) (full bool) {
	if p := s.partition(id); p != nil {
		return p.push(records, end)
	}
	return false
}

// Report is Handler.
func (s *Stream) Report(fetches kgo.Fetches) { s.Source.Report(fetches) }

func (s *Stream) partition(id int32) *partition {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.partitions[id]
}

func (s *Stream) list() []*partition {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]*partition, 0, len(s.partitions))
	for _, p := range s.partitions {
		list = append(list, p)
	}
	return list
}

// Room is Handler: the queues must have room.
func (s *Stream) Room(ctx context.Context) {
	for ctx.Err() == nil {
		events, bytes := 0, 0
		for _, p := range s.list() {
			e, b := p.load()
			events, bytes = events+e, bytes+b
		}
		if events < queueMax && bytes < queueBytes {
			return
		}
		select {
		case <-s.shared.taken:
		case <-time.After(StuckAfter / 4):
		case <-ctx.Done():
		}
	}
}

// counted follows a change in the number of partitions. mu is locked.
func (s *Stream) counted() {
	s.shared.budget.partitions.Store(int64(len(s.partitions)))
	s.Metrics.Partitions.Set(float64(len(s.partitions)))
}

// Assignment lists the partitions that the stream has.
func (s *Stream) Assignment() []int32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := make([]int32, 0, len(s.partitions))
	for id := range s.partitions {
		ids = append(ids, id)
	}
	return ids
}

// Ends receives the end offsets of partitions.
func (s *Stream) Ends(found map[int32]int64) {
	for id, end := range found {
		if p := s.partition(id); p != nil {
			p.ends(end)
		}
	}
}

// Assigned is Handler.
func (s *Stream) Assigned(ids []int32) {
	s.Joined()
	s.Logger.Info("partitions assigned", "partitions", ids)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		if s.partitions[id] == nil && !s.draining {
			s.partitions[id] = newPartition(id, s.shared, s.Processor.Process, s.writer, s.consumer)
		}
	}
	s.counted()
}

// Revoked is Handler.
func (s *Stream) Revoked(ids []int32) {
	s.Logger.Info("partitions revoked", "partitions", ids)
	ctx, cancel := context.WithTimeout(context.Background(), delivery.Handover)
	defer cancel()
	s.release(ctx, ids, true)
}

// Lost is Handler.
func (s *Stream) Lost(ids []int32) {
	s.Logger.Warn("partitions lost: their events in flight may be repeated elsewhere", "partitions", ids)
	s.release(context.Background(), ids, false)
}

// release ends partitions: finished and committed, or abandoned.
func (s *Stream) release(ctx context.Context, ids []int32, commit bool) {
	var list []*partition
	for _, id := range ids {
		if p := s.partition(id); p != nil {
			list = append(list, p)
		}
	}
	if commit {
		// First ask all of them to stop, so that their last events end together.
		for _, p := range list {
			p.cancel()
		}
		for _, p := range list {
			p.finish(ctx)
		}
		s.committer.last(ctx, list)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range list {
		p.abandon()
		if s.partitions[p.id] != p {
			continue // it was lost while this release waited for it
		}
		delete(s.partitions, p.id)
		s.Metrics.Lag.DeleteLabelValues(strconv.Itoa(int(p.id)))
	}
	s.counted()
}
