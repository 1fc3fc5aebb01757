// SPDX-License-Identifier: Apache-2.0

// Package transaction delivers exactly once: what is polled is processed and
// written in one transaction together with its offsets, partitions in parallel
// within it.
//
// A transaction is committed as a whole, so an event that cannot go through is
// set aside: the transaction is aborted, its events come again, and the next one
// knows what to do with that event.
package transaction

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/backoff"
	"github.com/helm-wasm/helm-wasm/internal/runner/broker"
	"github.com/helm-wasm/helm-wasm/internal/runner/delivery"
	"github.com/helm-wasm/helm-wasm/internal/runner/processor"
)

const (
	// transactTime is about how long one transaction collects work.
	transactTime = 500 * time.Millisecond
	// pollMax is the most events of one transaction.
	pollMax = 8192
	// patience is how many transactions in a row may fail before readiness
	// shows it.
	patience = 3
)

// Transactions is delivery exactly-once.
type Transactions struct {
	delivery.Parts
	session *kgo.GroupTransactSession
	helpers sync.WaitGroup // goroutines of held partitions

	// order lets a result be written with no other beside it.
	order sync.RWMutex

	mu         sync.Mutex
	partitions map[int32]*partition
	paused     map[int32]bool
	poke       context.CancelFunc // ends the current poll
}

// New makes a delivery with a client of its own, from options that name no topic.
// The id names its producer: it is unique among live replicas, and the next
// producer with the same id aborts what this one left.
func New(parts delivery.Parts, id string, opts ...kgo.Opt) (*Transactions, error) {
	t := &Transactions{Parts: parts, partitions: map[int32]*partition{}, paused: map[int32]bool{}, poke: func() {}}
	session, err := kgo.NewGroupTransactSession(append(opts,
		kgo.TransactionalID(id),
		kgo.TransactionTimeout(t.timeout()),
		kgo.OnPartitionsAssigned(t.assigned),
		kgo.OnPartitionsRevoked(t.revoked),
		kgo.OnPartitionsLost(t.revoked),
	)...)
	if err != nil {
		return nil, err
	}
	t.session = session
	return t, nil
}

// Client returns the session's client.
func (t *Transactions) Client() *kgo.Client { return t.session.Client() }

// timeout returns after how long the brokers abort a transaction.
func (t *Transactions) timeout() time.Duration { return 20*time.Second + t.Timeout }

// Run works until ctx is done. It finishes what was polled by then.
func (t *Transactions) Run(ctx context.Context) error {
	defer t.helpers.Wait()
	defer t.drop()
	for try := 0; ; {
		fetches := t.poll(ctx)
		if ctx.Err() != nil || fetches.IsClientClosed() {
			return nil
		}
		t.Source.Report(fetches)
		if fetches.NumRecords() == 0 {
			continue
		}
		t.fetched(fetches)
		err := t.transact(ctx, fetches)
		if err == nil {
			try = 0
			t.committed(fetches)
			t.Conditions.Clear("transactions")
			continue
		}
		if errors.Is(err, errSetAside) {
			t.Logger.Info("transaction ended without commit to set an event aside; its events come again")
			continue
		}
		try++
		t.Logger.Warn("transaction ended without commit; its events come again", "error", err.Error())
		if fatal(err) {
			return fmt.Errorf("ending a transaction: %s", broker.Explain(err))
		}
		if try > patience {
			t.Conditions.Block("transactions", broker.Explain(err))
		}
		if backoff.Sleep(ctx, t.Policy.Wait(try)) != nil {
			return nil
		}
	}
}

var (
	errAborted  = errors.New("the group rebalanced or the work took too long")
	errSetAside = errors.New("an event is set aside")
)

func (t *Transactions) transact(ctx context.Context, fetches kgo.Fetches) error {
	if err := t.session.Begin(); err != nil {
		return unknownState{err}
	}
	// This ends well before the brokers abort the transaction; on a stop, the
	// grace period bounds it as well.
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.timeout()*2/3)
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		select {
		case <-limit.Done():
		case <-time.After(t.Grace * 3 / 4):
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
			if blocked := new(processor.Blocked); errors.As(err, &blocked) {
				t.hold(blocked, f.Records)
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
		t.Metrics.Transactions.WithLabelValues("failed").Inc()
		return unknownState{err}
	case committed:
		t.Metrics.Transactions.WithLabelValues("committed").Inc()
		return nil
	}
	t.Metrics.Transactions.WithLabelValues("aborted").Inc()
	mu.Lock()
	defer mu.Unlock()
	if failed == nil {
		failed = errAborted
	}
	return failed
}

// unknownState is the error of a transaction that may or may not have been
// committed, as after an outage of the brokers. Continuing could skip its events;
// a new process fences it off and starts at the committed offsets.
type unknownState struct{ error }

func (u unknownState) Unwrap() error { return u.error }

// fatal errors leave the producer unusable; only a new process can continue.
func fatal(err error) bool {
	return errors.As(err, new(unknownState)) || errors.Is(err, kerr.ProducerFenced) || errors.Is(err, kerr.InvalidProducerEpoch) ||
		errors.Is(err, kerr.TransactionalIDAuthorizationFailed) || errors.Is(err, kerr.InvalidProducerIDMapping)
}
