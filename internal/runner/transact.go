// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/broker"
)

// transactTime is about how long one transaction collects work.
const transactTime = 500 * time.Millisecond

// transactions is delivery exactly-once: what is polled is processed and
// written in one transaction with its offsets, partitions in parallel within it.
//
// A transaction is committed as a whole, so an event that cannot go through is
// set aside: the transaction is aborted, its events come again, and the next
// one knows what to do with that event.
type transactions struct {
	processor *processor
	source    *source
	session   *kgo.GroupTransactSession
	logger    *slog.Logger
	grace     time.Duration
	joined    func()
	helpers   sync.WaitGroup // goroutines of held partitions

	// order lets a result be written with no other beside it.
	order sync.RWMutex

	mu       sync.Mutex
	portions map[int32]*portion
	paused   map[int32]bool
	poke     context.CancelFunc // ends the poll at hand
}

func newTransactions(p *processor, source *source, logger *slog.Logger, grace time.Duration, joined func()) *transactions {
	return &transactions{
		processor: p, source: source, logger: logger, grace: grace, joined: joined,
		portions: map[int32]*portion{}, paused: map[int32]bool{}, poke: func() {},
	}
}

func (t *transactions) timeout() time.Duration {
	return 20*time.Second + t.processor.limits.Timeout
}

func (t *transactions) options(id string) []kgo.Opt {
	return []kgo.Opt{
		kgo.TransactionalID(id),
		kgo.TransactionTimeout(t.timeout()),
		kgo.OnPartitionsAssigned(t.assigned),
		kgo.OnPartitionsRevoked(t.revoked),
		kgo.OnPartitionsLost(t.revoked),
	}
}

// run works until ctx is done. What was polled then is finished first.
func (t *transactions) run(ctx context.Context, _ *kgo.Client) error {
	defer t.helpers.Wait()
	defer t.drop()
	for try := 0; ; {
		fetches := t.poll(ctx)
		if ctx.Err() != nil || fetches.IsClientClosed() {
			return nil
		}
		t.source.report(fetches)
		if fetches.NumRecords() == 0 {
			continue
		}
		t.fetched(fetches)
		err := t.transact(ctx, fetches)
		if err == nil {
			try = 0
			t.committed(fetches)
			t.processor.conditions.Clear("transactions")
			continue
		}
		if errors.Is(err, errSetAside) {
			t.logger.Info("transaction ended without commit to set an event aside; its events come again")
			continue
		}
		try++
		t.logger.Warn("transaction ended without commit; its events come again", "error", err.Error())
		if fatal(err) {
			return fmt.Errorf("ending a transaction: %s", broker.Explain(err))
		}
		if try > 3 {
			t.processor.conditions.Block("transactions", broker.Explain(err))
		}
		if sleep(ctx, t.processor.wait(try)) != nil {
			return nil
		}
	}
}

// batch is how many records fit the time of a transaction.
func (t *transactions) batch() int {
	cost := max(1, t.processor.cost.Load())
	return int(max(1, min(8192, int64(transactTime)*int64(cap(t.processor.slots))/cost)))
}

var (
	errAborted  = errors.New("the group rebalanced or the work took too long")
	errSetAside = errors.New("an event is set aside")
)

func (t *transactions) transact(ctx context.Context, fetches kgo.Fetches) error {
	if err := t.session.Begin(); err != nil {
		return unknownState{err}
	}
	// Well before the brokers abort the transaction, we do; on a stop, the
	// grace period bounds it too.
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.timeout()*2/3)
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		select {
		case <-limit.Done():
		case <-time.After(t.grace * 3 / 4):
			cancel()
		}
	})()

	var mu sync.Mutex
	var failed error
	fail := func(err error) {
		mu.Lock()
		defer mu.Unlock()
		if failed == nil {
			failed = err
		}
		cancel()
	}
	var work sync.WaitGroup
	fetches.EachPartition(func(f kgo.FetchTopicPartition) {
		if len(f.Records) == 0 {
			return
		}
		work.Go(func() {
			err := t.take(limit, f.Records, fail)
			if held := new(blockedError); errors.As(err, &held) {
				t.hold(held, f.Records)
				err = errSetAside
			}
			switch {
			case errors.Is(err, errSetAside):
				fail(err)
			case err != nil:
				fail(errAborted)
			}
		})
	})
	work.Wait()
	end, cancelEnd := context.WithTimeout(context.WithoutCancel(ctx), t.timeout())
	defer cancelEnd()
	mu.Lock()
	try := kgo.TransactionEndTry(failed == nil)
	mu.Unlock()
	if try {
		// Promises run before Flush returns, so failed is final after it.
		if err := t.session.Client().Flush(end); err != nil {
			fail(err)
		}
		mu.Lock()
		try = failed == nil
		mu.Unlock()
	}
	committed, err := t.session.End(end, try)
	switch {
	case err != nil:
		t.processor.metrics.Transactions.WithLabelValues("failed").Inc()
		return unknownState{err}
	case committed:
		t.processor.metrics.Transactions.WithLabelValues("committed").Inc()
		return nil
	}
	t.processor.metrics.Transactions.WithLabelValues("aborted").Inc()
	mu.Lock()
	defer mu.Unlock()
	if failed == nil {
		failed = errAborted
	}
	return failed
}

// unknownState is a transaction of which nobody here knows whether it was
// committed, as after an outage of the brokers. Going on could skip its events;
// a new process fences it off and starts at the offsets that are committed.
type unknownState struct{ error }

func (u unknownState) Unwrap() error { return u.error }

// fatal errors leave the producer unusable; a new process starts anew.
func fatal(err error) bool {
	return errors.As(err, new(unknownState)) || errors.Is(err, kerr.ProducerFenced) || errors.Is(err, kerr.InvalidProducerEpoch) ||
		errors.Is(err, kerr.TransactionalIDAuthorizationFailed) || errors.Is(err, kerr.InvalidProducerIDMapping)
}
