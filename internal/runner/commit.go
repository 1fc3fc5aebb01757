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

	"github.com/helm-wasm/helm-wasm/internal/runner/broker"
)

const (
	// Offsets are committed every commitInterval, when commitEvents are done,
	// or when a partition has used half of what it may hold open.
	commitInterval = 250 * time.Millisecond
	commitEvents   = 2000
	// commitPause follows a commit that failed.
	commitPause = 50 * time.Millisecond
	// commitTries bounds a commit that a rebalance waits for.
	commitTries = 5
	// uncommitted is how long commits may fail before readiness shows it.
	uncommitted = 10 * time.Second
)

// window is how many events a partition may have begun and not committed.
func (s *stream) window() int {
	return max(openShare, openMax/int(max(1, s.count.Load())))
}

// commitSoon asks for a commit before the interval is over.
func (s *stream) commitSoon() {
	select {
	case s.soon <- struct{}{}:
	default:
	}
}

func (s *stream) commitLoop(ctx context.Context) {
	defer s.processor.conditions.Clear("offsets")
	ticker := time.NewTicker(commitInterval)
	defer ticker.Stop()
	for last := time.Now(); ; {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-s.soon:
		}
		s.finished.Store(0)
		var list []*partition
		s.mu.Lock()
		for _, p := range s.partitions {
			list = append(list, p)
		}
		s.mu.Unlock()
		s.observe(list)
		limit, cancel := context.WithTimeout(ctx, 10*time.Second)
		err := s.commitOnce(limit, list)
		cancel()
		if err == nil {
			last = time.Now()
			s.processor.conditions.Clear("offsets")
			continue
		}
		if ctx.Err() != nil {
			return
		}
		// The next round tries again; a rebalance makes this normal.
		s.processor.metrics.CommitErrors.Inc()
		s.logger.Debug("committing offsets", "error", err.Error())
		if time.Since(last) > uncommitted {
			s.processor.conditions.Block("offsets", "offsets cannot be committed: "+broker.Explain(err))
		}
		if sleep(ctx, commitPause) != nil {
			return
		}
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
	reached := map[*partition]progress{}
	for _, p := range list {
		if to, fresh := p.progress(); fresh {
			offsets[p.id] = to.offset
			reached[p] = to
		}
	}
	if len(offsets) == 0 {
		return nil
	}
	var failed error
	s.client.CommitOffsetsSync(ctx, map[string]map[int32]kgo.EpochOffset{s.processor.Source.Topic: offsets},
		func(_ *kgo.Client, _ *kmsg.OffsetCommitRequest, response *kmsg.OffsetCommitResponse, err error) {
			if failed = err; err == nil {
				failed = commitError(response)
			}
		})
	if failed != nil {
		return failed
	}
	for p, to := range reached {
		p.committed(to)
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
