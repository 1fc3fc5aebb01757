// SPDX-License-Identifier: Apache-2.0

package stream

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/backoff"
	"github.com/helm-wasm/helm-wasm/internal/runner/broker"
	"github.com/helm-wasm/helm-wasm/internal/runner/health"
	"github.com/helm-wasm/helm-wasm/internal/runner/metrics"
)

const (
	// CommitInterval is how often offsets are committed. They are committed
	// sooner when commitEvents are done, or when a partition has used half of
	// its window.
	CommitInterval = 250 * time.Millisecond
	commitEvents   = 2000
	// commitLimit is how long the brokers may take to answer.
	commitLimit = 10 * time.Second
	// commitPause follows a commit that failed.
	commitPause = 50 * time.Millisecond
	// uncommitted is how long commits may fail before readiness shows it.
	uncommitted = 10 * time.Second
	// A commit that a rebalance waits for has lastTries, of lastLimit each, with
	// lastPause between them.
	lastTries = 5
	lastLimit = 5 * time.Second
	lastPause = 100 * time.Millisecond
)

// committer commits the offsets of partitions as their results are written.
type committer struct {
	consumer   Consumer
	shared     *shared
	partitions func() []*partition // those that are assigned
	metrics    *metrics.Set
	conditions *health.Conditions
	logger     *slog.Logger

	mu sync.Mutex // one commit at a time
}

// run commits until ctx is done.
func (c *committer) run(ctx context.Context) {
	defer c.conditions.Clear("offsets")
	ticker := time.NewTicker(CommitInterval)
	defer ticker.Stop()
	for last := time.Now(); ; {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-c.shared.commit:
		}
		c.shared.finished.Store(0)
		list := c.partitions()
		c.observe(list)
		limit, cancel := context.WithTimeout(ctx, commitLimit)
		err := c.once(limit, list)
		cancel()
		if err == nil {
			last = time.Now()
			c.conditions.Clear("offsets")
			continue
		}
		if ctx.Err() != nil {
			return
		}
		// The next round tries again; a rebalance makes this normal.
		c.metrics.CommitErrors.Inc()
		c.logger.Debug("committing offsets", "error", err.Error())
		if time.Since(last) > uncommitted {
			c.conditions.Block("offsets", "offsets cannot be committed: "+broker.Explain(err))
		}
		if backoff.Sleep(ctx, commitPause) != nil {
			return
		}
	}
}

// last commits partitions that are about to go. It tries a few times.
func (c *committer) last(ctx context.Context, list []*partition) {
	for try := 1; ; try++ {
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastLimit)
		err := c.once(limit, list)
		cancel()
		if err == nil {
			return
		}
		if try == lastTries || ctx.Err() != nil || lostMember(err) {
			c.metrics.CommitErrors.Inc()
			c.logger.Warn("offsets not committed: events may be repeated", "error", err.Error())
			return
		}
		time.Sleep(lastPause)
	}
}

func (c *committer) once(ctx context.Context, list []*partition) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	fresh := map[int32]kgo.EpochOffset{}
	reached := map[*partition]progress{}
	for _, p := range list {
		if to, ok := p.progress(); ok {
			fresh[p.id] = to.offset
			reached[p] = to
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	if err := c.consumer.Commit(ctx, fresh); err != nil {
		return err
	}
	for p, to := range reached {
		p.committed(to)
	}
	return nil
}

// observe updates the gauges of partitions.
func (c *committer) observe(list []*partition) {
	queued, inflight := 0, 0
	for _, p := range list {
		q, i, lag := p.state()
		queued, inflight = queued+q, inflight+i
		c.metrics.Lag.WithLabelValues(strconv.Itoa(int(p.id))).Set(float64(lag))
	}
	c.metrics.Queued.Set(float64(queued))
	c.metrics.Unacknowledged.Set(float64(inflight))
}

// lostMember says that the group goes on without this member.
func lostMember(err error) bool {
	return errors.Is(err, kerr.UnknownMemberID) || errors.Is(err, kerr.IllegalGeneration) || errors.Is(err, kerr.FencedMemberEpoch)
}
