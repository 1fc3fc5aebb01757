// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/runner/abi"
	"github.com/helm-wasm/helm-wasm/runner/broker"
)

// delivery says whose acknowledgement a produced record is.
type delivery struct {
	partition *partition
	sequence  uint64
	record    *kgo.Record // what the output was made from
	tries     int
	letter    bool // the output is the record's dead letter
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
func (s *stream) produce(out *kgo.Record, d delivery) {
	s.processor.metrics.Results.Inc()
	s.client.Produce(context.Background(), out, func(out *kgo.Record, err error) {
		if err == nil {
			if d.tries > 0 {
				s.processor.conditions.Clear("sink " + out.Topic)
			}
			d.partition.acknowledge(d.sequence)
			return
		}
		s.undelivered(out, d, err)
	})
}

// undelivered decides what becomes of a result that the brokers do not take.
// It runs in the client's own goroutine and must not block.
func (s *stream) undelivered(out *kgo.Record, d delivery, err error) {
	if errors.Is(err, kgo.ErrClientClosed) || d.partition.isLost() {
		return
	}
	p := s.processor
	d.tries++
	// Brokers refuse whole batches, so the first refusal may be a neighbour's
	// fault: the record gets a second chance, most likely alone.
	if refused(err) && d.tries > 1 && !d.letter && p.action != "block" {
		failure := &abi.Failure{Kind: abi.Output, Message: fmt.Sprintf("topic %q refuses the result (%d bytes)", out.Topic, len(out.Key)+len(out.Value)), Err: err}
		p.metrics.Failures.WithLabelValues(string(abi.Output)).Inc()
		letters := p.giveUp(d.record, failure, 1)
		if len(letters) == 0 {
			d.partition.acknowledge(d.sequence)
			return
		}
		d.letter = true
		go s.produce(letters[0], d)
		return
	}
	p.conditions.Block("sink "+out.Topic, fmt.Sprintf("results cannot be written to topic %q: %s", out.Topic, broker.Explain(err)))
	again := &kgo.Record{Topic: out.Topic, Key: out.Key, Value: out.Value, Headers: out.Headers, Timestamp: out.Timestamp}
	time.AfterFunc(p.wait(d.tries), func() {
		if !d.partition.isLost() {
			s.produce(again, d)
		}
	})
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
