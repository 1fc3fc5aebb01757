// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/broker"
	"github.com/helm-wasm/helm-wasm/runner/abi"
)

// result says whose acknowledgement a produced record is.
type result struct {
	partition *partition
	sequence  uint64
	record    *kgo.Record // what the output was made from
	tries     int
	cuts      int  // how often the output, a dead letter, was made smaller
	held      bool // readiness says that the output holds up its partition
}

// route gives outputs without a topic the sink; without a sink they are dropped.
func (p *processor) route(outputs []*kgo.Record) []*kgo.Record {
	kept := outputs[:0]
	for _, out := range outputs {
		if out.Topic == "" {
			out.Topic = p.Sink.Topic
		}
		if out.Topic != "" {
			kept = append(kept, out)
		}
	}
	return kept
}

// produce hands a record to the client, which blocks while its buffer is full.
func (s *stream) produce(out *kgo.Record, d result) {
	s.client.Produce(context.Background(), out, func(out *kgo.Record, err error) {
		if err == nil {
			s.processor.wrote(out)
			if d.held {
				s.processor.conditions.Clear(partitionCondition(d.record))
			}
			d.partition.acknowledge(d.sequence)
			return
		}
		s.undelivered(out, d, err)
	})
}

// wrote notes a record that the brokers have taken: whatever was wrong with
// its topic no longer is.
func (p *processor) wrote(out *kgo.Record) {
	p.metrics.Results.Inc()
	if p.conditions.Any() {
		p.conditions.Clear("sink " + out.Topic)
	}
}

// undelivered decides what becomes of a result that the brokers do not take.
// It runs in the client's own goroutine and must not block.
func (s *stream) undelivered(out *kgo.Record, d result, err error) {
	p := s.processor
	if errors.Is(err, kgo.ErrClientClosed) || d.partition.isLost() {
		return
	}
	d.tries++
	if !refused(err) {
		p.conditions.Block("sink "+out.Topic, fmt.Sprintf("results cannot be written to topic %q: %s", out.Topic, broker.Explain(err)))
		s.later(out, d)
		return
	}
	// The topic answers; it is the record that it does not like.
	p.conditions.Clear("sink " + out.Topic)
	switch {
	case d.tries == 1:
		// Brokers refuse whole batches, so the first refusal may be a
		// neighbour's fault: the record gets a second chance, most likely alone.
		s.later(out, d)
	case p.isLetter(out):
		if smaller := p.cut(out, d.cuts); smaller != nil {
			d.cuts++
			go s.produce(smaller, d)
			return
		}
		p.conditions.Block("sink "+out.Topic, fmt.Sprintf("dead letters cannot be written to topic %q: %s", out.Topic, broker.Explain(err)))
		s.later(out, d)
	case p.action == "block":
		p.conditions.Degrade(partitionCondition(d.record), p.blockReason(d.record, refusedResult(out, err)))
		d.held = true
		s.later(out, d)
	default:
		p.metrics.Failures.WithLabelValues(string(abi.Output)).Inc()
		letters := p.giveUp(d.record, refusedResult(out, err), 1)
		if len(letters) == 0 {
			d.partition.acknowledge(d.sequence)
			return
		}
		d.tries = 0
		go s.produce(letters[0], d)
	}
}

// later writes a result again after a while, unless its partition has gone.
func (s *stream) later(out *kgo.Record, d result) {
	again := &kgo.Record{Topic: out.Topic, Key: out.Key, Value: out.Value, Headers: out.Headers, Timestamp: out.Timestamp}
	time.AfterFunc(s.processor.wait(d.tries), func() {
		if !d.partition.isLost() {
			s.produce(again, d)
			return
		}
		s.processor.conditions.Clear("sink " + out.Topic)
		if d.held {
			s.processor.conditions.Clear(partitionCondition(d.record))
		}
	})
}

// refusedResult is a failure of the function: it made what its topic does not take.
func refusedResult(out *kgo.Record, err error) *abi.Failure {
	return &abi.Failure{Kind: abi.Output, Message: fmt.Sprintf("topic %q refuses the result (%d bytes)", out.Topic, len(out.Key)+len(out.Value)), Err: err}
}

// refused says that this very record can never be written.
func refused(err error) bool {
	return errors.Is(err, kerr.MessageTooLarge) || errors.Is(err, kerr.RecordListTooLarge) || errors.Is(err, kerr.InvalidRecord) || errors.Is(err, kerr.InvalidTimestamp)
}

func (p *partition) isLost() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lost
}
