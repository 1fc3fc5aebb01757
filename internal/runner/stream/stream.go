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

// pollMax is the most records that one poll returns.
const pollMax = 4096

// Stream is delivery at-least-once.
type Stream struct {
	delivery.Parts
	client    *kgo.Client
	shared    *shared
	writer    *writer
	committer *committer

	mu         sync.Mutex
	partitions map[int32]*partition
}

// New makes a stream with a client of its own, from options that name no topic.
func New(parts delivery.Parts, opts ...kgo.Opt) (*Stream, error) {
	s := &Stream{Parts: parts, shared: newShared(), partitions: map[int32]*partition{}}
	client, err := kgo.NewClient(append(opts,
		kgo.DisableAutoCommit(),
		kgo.BlockRebalanceOnPoll(),
		kgo.OnPartitionsAssigned(s.assigned),
		kgo.OnPartitionsRevoked(s.revoked),
		kgo.OnPartitionsLost(s.lost),
	)...)
	if err != nil {
		return nil, err
	}
	s.client = client
	s.writer = &writer{client: client, sink: s.Sink, policy: s.Policy, metrics: s.Metrics, conditions: s.Conditions}
	s.committer = &committer{
		client: client, topic: s.Topic, shared: s.shared, partitions: s.list,
		metrics: s.Metrics, conditions: s.Conditions, logger: s.Logger,
	}
	return s, nil
}

// Client returns the stream's client.
func (s *Stream) Client() *kgo.Client { return s.client }

// Run consumes until ctx is done, then drains.
func (s *Stream) Run(ctx context.Context) error {
	background, stop := context.WithCancel(context.Background())
	var committer sync.WaitGroup
	committer.Go(func() { s.committer.run(background) })
	for {
		s.room(ctx)
		fetches := s.client.PollRecords(ctx, pollMax)
		if ctx.Err() != nil || fetches.IsClientClosed() {
			s.client.AllowRebalance()
			break
		}
		s.Source.Report(fetches)
		fetches.EachPartition(func(f kgo.FetchTopicPartition) {
			if p := s.partition(f.Partition); p != nil && len(f.Records) > 0 {
				p.push(f.Records, f.HighWatermark)
			}
		})
		s.client.AllowRebalance()
	}
	drain, cancel := context.WithTimeout(context.Background(), s.Grace)
	defer cancel()
	s.release(drain, s.Assignment(), true)
	stop()
	committer.Wait()
	return nil
}

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

// room waits until the queues have room for another poll.
func (s *Stream) room(ctx context.Context) {
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

func (s *Stream) assigned(_ context.Context, _ *kgo.Client, topics map[string][]int32) {
	ids := topics[s.Topic]
	if len(ids) > 0 {
		s.Joined()
		s.Logger.Info("partitions assigned", "partitions", ids)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		if s.partitions[id] == nil {
			s.partitions[id] = newPartition(s.Topic, id, s.shared, s.Processor.Process, s.writer, s.client)
		}
	}
	s.counted()
}

func (s *Stream) revoked(_ context.Context, _ *kgo.Client, topics map[string][]int32) {
	ids := topics[s.Topic]
	if len(ids) == 0 {
		return
	}
	s.Logger.Info("partitions revoked", "partitions", ids)
	ctx, cancel := context.WithTimeout(context.Background(), delivery.Handover)
	defer cancel()
	s.release(ctx, ids, true)
}

func (s *Stream) lost(_ context.Context, _ *kgo.Client, topics map[string][]int32) {
	ids := topics[s.Topic]
	if len(ids) == 0 {
		return
	}
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
		delete(s.partitions, p.id)
		s.Metrics.Lag.DeleteLabelValues(strconv.Itoa(int(p.id)))
	}
	s.counted()
}
