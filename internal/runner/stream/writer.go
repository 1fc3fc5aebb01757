// SPDX-License-Identifier: Apache-2.0

package stream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/broker"
	"github.com/helm-wasm/helm-wasm/internal/runner/delivery"
	"github.com/helm-wasm/helm-wasm/internal/runner/health"
	"github.com/helm-wasm/helm-wasm/internal/runner/metrics"
	"github.com/helm-wasm/helm-wasm/internal/runner/onerror"
	"github.com/helm-wasm/helm-wasm/internal/runner/record"
	"github.com/helm-wasm/helm-wasm/runner/abi"
)

// writer writes results until the brokers have them.
type writer struct {
	client     *kgo.Client
	sink       delivery.Sink
	policy     *onerror.Policy
	metrics    *metrics.Set
	conditions *health.Conditions
}

// An owner wants to know when a result is written, and may go before that.
type owner interface {
	acknowledge(sequence uint64)
	gone() bool
}

// origin says what a result was made from, and how it has fared so far.
type origin struct {
	owner    owner
	sequence uint64
	event    *kgo.Record
	tries    int
	cuts     int  // how often the result, a dead letter, was made smaller
	held     bool // readiness shows that the result holds up its partition
}

// write hands a result to the client, which blocks while its buffer is full.
func (w *writer) write(out *kgo.Record, from origin) {
	w.client.Produce(context.Background(), out, func(out *kgo.Record, err error) {
		if err == nil {
			w.wrote(out)
			if from.held {
				w.conditions.Clear(onerror.Condition(from.event))
			}
			from.owner.acknowledge(from.sequence)
			return
		}
		w.undelivered(out, from, err)
	})
}

// wrote records that the brokers accepted a result: whatever was wrong with its
// topic no longer is.
func (w *writer) wrote(out *kgo.Record) {
	w.metrics.Results.Inc()
	if w.conditions.Any() {
		w.conditions.Clear(condition(out))
	}
}

// condition returns the name of the condition of a topic that cannot be written to.
func condition(out *kgo.Record) string { return "sink " + out.Topic }

// undelivered decides what becomes of a result that the brokers do not accept.
// It runs in the client's own goroutine and must not block.
func (w *writer) undelivered(out *kgo.Record, from origin, err error) {
	if errors.Is(err, kgo.ErrClientClosed) || from.owner.gone() {
		return
	}
	from.tries++
	if !delivery.Refused(err) {
		w.conditions.Block(condition(out), fmt.Sprintf("results cannot be written to topic %q: %s", out.Topic, broker.Explain(err)))
		w.later(out, from)
		return
	}
	// The topic answers; the problem is the record.
	w.conditions.Clear(condition(out))
	switch {
	case from.tries == 1:
		// Brokers refuse whole batches, so the first refusal may be a
		// neighbour's fault: the record gets a second chance, most likely alone.
		w.later(out, from)
	case w.policy.IsLetter(out):
		if smaller := w.policy.Cut(out, from.cuts); smaller != nil {
			from.cuts++
			go w.write(smaller, from)
			return
		}
		w.conditions.Block(condition(out), fmt.Sprintf("dead letters cannot be written to topic %q: %s", out.Topic, broker.Explain(err)))
		w.later(out, from)
	case w.policy.Blocks():
		w.conditions.Degrade(onerror.Condition(from.event), onerror.BlockReason(from.event, delivery.Refusal(out, err)))
		from.held = true
		w.later(out, from)
	default:
		w.metrics.Failures.WithLabelValues(string(abi.Output)).Inc()
		letters := w.policy.GiveUp(from.event, delivery.Refusal(out, err), 1)
		if len(letters) == 0 {
			from.owner.acknowledge(from.sequence)
			return
		}
		from.tries = 0
		go w.write(letters[0], from)
	}
}

// later writes a result again after a while, unless its owner has gone.
func (w *writer) later(out *kgo.Record, from origin) {
	again := record.Again(out)
	time.AfterFunc(w.policy.Wait(from.tries), func() {
		if !from.owner.gone() {
			w.write(again, from)
			return
		}
		w.conditions.Clear(condition(out))
		if from.held {
			w.conditions.Clear(onerror.Condition(from.event))
		}
	})
}
