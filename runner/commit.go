// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// commitTries bounds a commit that a rebalance waits for.
const commitTries = 5

func (s *stream) commitLoop(ctx context.Context) {
	ticker := time.NewTicker(commitTick)
	defer ticker.Stop()
	for last := time.Now(); ; {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if time.Since(last) < commitInterval && s.finished.Load() < commitEvents {
			continue
		}
		s.finished.Store(0)
		last = time.Now()
		var list []*partition
		s.mu.Lock()
		for _, p := range s.partitions {
			list = append(list, p)
		}
		s.mu.Unlock()
		s.observe(list)
		limit, cancel := context.WithTimeout(ctx, 10*time.Second)
		if err := s.commitOnce(limit, list); err != nil && ctx.Err() == nil {
			// The next tick tries again; a rebalance makes this normal.
			s.processor.metrics.CommitErrors.Inc()
			s.logger.Debug("committing offsets", "error", err.Error())
		}
		cancel()
	}
}

// commit tries a few times, for partitions that are about to go.
func (s *stream) commit(ctx context.Context, list []*partition) {
	for try := 1; ; try++ {
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		err := s.commitOnce(limit, list)
		cancel()
		if err == nil {
			return
		}
		if try == commitTries || ctx.Err() != nil || errors.Is(err, kerr.UnknownMemberID) || errors.Is(err, kerr.IllegalGeneration) {
			s.processor.metrics.CommitErrors.Inc()
			s.logger.Warn("offsets not committed: events may be repeated", "error", err.Error())
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (s *stream) commitOnce(ctx context.Context, list []*partition) error {
	s.commitMu.Lock()
	defer s.commitMu.Unlock()
	offsets := map[int32]kgo.EpochOffset{}
	for _, p := range list {
		if offset, fresh := p.progress(); fresh {
			offsets[p.id] = offset
		}
	}
	if len(offsets) == 0 {
		return nil
	}
	var failed error
	s.client.CommitOffsetsSync(ctx, map[string]map[int32]kgo.EpochOffset{s.processor.Source.Topic: offsets},
		func(_ *kgo.Client, _ *kmsg.OffsetCommitRequest, response *kmsg.OffsetCommitResponse, err error) {
			if err != nil {
				failed = err
				return
			}
			for _, topic := range response.Topics {
				for _, p := range topic.Partitions {
					if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
						failed = err
					}
				}
			}
		})
	if failed != nil {
		return failed
	}
	for _, p := range list {
		if offset, ok := offsets[p.id]; ok {
			p.committed(offset.Offset)
		}
	}
	return nil
}

// observe updates the gauges of partitions.
func (s *stream) observe(list []*partition) {
	queued, inflight := 0, 0
	for _, p := range list {
		q, i, lag := p.state()
		queued, inflight = queued+q, inflight+i
		s.processor.metrics.Lag.WithLabelValues(strconv.Itoa(int(p.id))).Set(float64(lag))
	}
	s.processor.metrics.Queued.Set(float64(queued))
	s.processor.metrics.Unacknowledged.Set(float64(inflight))
}
