// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	pollMax = 4096
	// handover is how long a rebalance waits for what was begun.
	handover = 20 * time.Second
)

// stream is delivery at-least-once: partitions work on their own, and offsets
// follow acknowledgements.
type stream struct {
	processor *processor
	source    *source
	client    *kgo.Client
	logger    *slog.Logger
	grace     time.Duration
	joined    func()

	mu         sync.Mutex
	partitions map[int32]*partition
	count      atomic.Int64 // of partitions, for those who hold a partition's lock
	taken      chan struct{}
	finished   atomic.Int64 // events since the last commit
	soon       chan struct{}
	commitMu   sync.Mutex
}

func (s *stream) options() []kgo.Opt {
	return []kgo.Opt{
		kgo.DisableAutoCommit(),
		kgo.BlockRebalanceOnPoll(),
		kgo.OnPartitionsAssigned(s.assigned),
		kgo.OnPartitionsRevoked(s.revoked),
		kgo.OnPartitionsLost(s.gone),
	}
}

// run consumes until ctx is done, then drains.
func (s *stream) run(ctx context.Context, client *kgo.Client) error {
	s.mu.Lock()
	s.client = client
	s.mu.Unlock()
	background, stop := context.WithCancel(context.Background())
	var committer sync.WaitGroup
	committer.Go(func() { s.commitLoop(background) })
	for {
		s.room(ctx)
		fetches := client.PollRecords(ctx, pollMax)
		if ctx.Err() != nil || fetches.IsClientClosed() {
			client.AllowRebalance()
			break
		}
		s.source.report(fetches)
		fetches.EachPartition(func(f kgo.FetchTopicPartition) {
			if p := s.partition(f.Partition); p != nil && len(f.Records) > 0 {
				p.push(f.Records, f.HighWatermark)
			}
		})
		client.AllowRebalance()
	}
	drain, cancel := context.WithTimeout(context.Background(), s.grace)
	defer cancel()
	s.release(drain, s.ids(), true)
	stop()
	committer.Wait()
	return nil
}

func (s *stream) partition(id int32) *partition {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.partitions[id]
}

// room waits until the queues have room for another poll.
func (s *stream) room(ctx context.Context) {
	for ctx.Err() == nil {
		events, bytes := 0, 0
		s.mu.Lock()
		for _, p := range s.partitions {
			e, b := p.load()
			events, bytes = events+e, bytes+b
		}
		s.mu.Unlock()
		if events < queueMax && bytes < queueBytes {
			return
		}
		select {
		case <-s.taken:
		case <-time.After(stuckAfter / 4):
		case <-ctx.Done():
		}
	}
}

// wakePoll tells room that records were taken.
func (s *stream) wakePoll() {
	select {
	case s.taken <- struct{}{}:
	default:
	}
}

// share is the part of the queue's bytes that a partition may hold.
func (s *stream) share() int { return queueBytes / int(max(1, s.count.Load())) }

// openBytes is the part of what is not written yet that a partition may hold.
func (s *stream) openBytes() int {
	return max(openBytesShare, openBytes/int(max(1, s.count.Load())))
}

// counted follows a change of partitions, under mu.
func (s *stream) counted() {
	s.count.Store(int64(len(s.partitions)))
	s.processor.metrics.Partitions.Set(float64(len(s.partitions)))
}

func (s *stream) ids() []int32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := make([]int32, 0, len(s.partitions))
	for id := range s.partitions {
		ids = append(ids, id)
	}
	return ids
}

// assignment is the partitions at hand.
func (s *stream) assignment() []int32 { return s.ids() }

// ends takes the ends of partitions that the watch has found.
func (s *stream) ends(found map[int32]int64) {
	for id, end := range found {
		if p := s.partition(id); p != nil {
			p.ends(end)
		}
	}
}

func (s *stream) assigned(_ context.Context, client *kgo.Client, topics map[string][]int32) {
	ids := topics[s.processor.Source.Topic]
	if len(ids) > 0 {
		s.joined()
		s.logger.Info("partitions assigned", "partitions", ids)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.client = client
	for _, id := range ids {
		if s.partitions[id] == nil {
			s.partitions[id] = newPartition(s, id)
		}
	}
	s.counted()
}

func (s *stream) revoked(_ context.Context, _ *kgo.Client, topics map[string][]int32) {
	ids := topics[s.processor.Source.Topic]
	if len(ids) == 0 {
		return
	}
	s.logger.Info("partitions revoked", "partitions", ids)
	ctx, cancel := context.WithTimeout(context.Background(), handover)
	defer cancel()
	s.release(ctx, ids, true)
}

func (s *stream) gone(_ context.Context, _ *kgo.Client, topics map[string][]int32) {
	ids := topics[s.processor.Source.Topic]
	if len(ids) == 0 {
		return
	}
	s.logger.Warn("partitions lost: their events in flight may be repeated elsewhere", "partitions", ids)
	s.release(context.Background(), ids, false)
}

// release ends partitions: finished and committed, or abandoned.
func (s *stream) release(ctx context.Context, ids []int32, commit bool) {
	var list []*partition
	for _, id := range ids {
		if p := s.partition(id); p != nil {
			list = append(list, p)
		}
	}
	if commit {
		// First tell all to stop, so that their last records end together.
		for _, p := range list {
			p.cancel()
		}
		for _, p := range list {
			p.finish(ctx)
		}
		s.commit(ctx, list)
	}
	s.mu.Lock()
	for _, p := range list {
		if p.abandon() {
			s.client.ResumeFetchPartitions(p.name())
		}
		delete(s.partitions, p.id)
		s.processor.metrics.Lag.DeleteLabelValues(strconv.Itoa(int(p.id)))
	}
	s.counted()
	s.mu.Unlock()
}
