// SPDX-License-Identifier: Apache-2.0

// Package watch asks the brokers regularly whether they and the source topic can
// be reached, and shows the answer in the runner's readiness.
package watch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/helm-wasm/helm-wasm/internal/runner/backoff"
	"github.com/helm-wasm/helm-wasm/internal/runner/broker"
	"github.com/helm-wasm/helm-wasm/internal/runner/health"
	"github.com/helm-wasm/helm-wasm/internal/runner/offsets"
)

const (
	// Interval is how often the brokers are asked for the source topic.
	Interval = 5 * time.Second
	// Limit is how long they may take to answer.
	Limit = 5 * time.Second
)

// A Watch asks the brokers regularly whether they are there, and whether the
// source topic is. A consuming client does not report that: it repeats what
// fails until it works, and on an idle topic nothing happens at all.
type Watch struct {
	Client     *kgo.Client
	Source     *Source
	Conditions *health.Conditions
	Interval   time.Duration
	Limit      time.Duration
	// Assignment lists the partitions that the delivery has, and Ends receives
	// the end offsets of those that the brokers know.
	Assignment func() []int32
	Ends       func(map[int32]int64)
}

// Run looks every Interval until ctx is done.
func (w *Watch) Run(ctx context.Context) {
	for backoff.Sleep(ctx, w.Interval) == nil {
		w.Look(ctx)
	}
}

// Look asks once.
func (w *Watch) Look(ctx context.Context) {
	limit, cancel := context.WithTimeout(ctx, w.Limit)
	defer cancel()
	problem, err := w.topic(limit)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		w.Conditions.Block("brokers", broker.Explain(w.reason(ctx, err)))
		return
	}
	w.Conditions.Clear("brokers")
	w.Source.Seen(problem)
	if ids := w.Assignment(); problem == nil && len(ids) > 0 {
		w.Ends(w.list(limit, ids))
	}
}

// topic asks for the source topic. problem is what is wrong with it according to
// the brokers; err means that they did not answer.
func (w *Watch) topic(ctx context.Context) (problem, err error) {
	request := kmsg.NewPtrMetadataRequest()
	topic := kmsg.NewMetadataRequestTopic()
	topic.Topic = &w.Source.Topic
	request.Topics = append(request.Topics, topic)
	response, err := request.RequestWith(ctx, w.Client)
	if err != nil {
		return nil, err
	}
	for _, t := range response.Topics {
		if err := kerr.ErrorForCode(t.ErrorCode); err != nil {
			return err, nil
		}
		for _, p := range t.Partitions {
			// One leader is enough to call the topic readable; the client
			// copes with others that move.
			if problem = kerr.ErrorForCode(p.ErrorCode); problem == nil {
				return nil, nil
			}
		}
	}
	return problem, nil
}

// reason returns why there was no answer. The client repeats what fails until its
// time is over, which explains little; a ping fails at once.
func (w *Watch) reason(ctx context.Context, err error) error {
	if !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	limit, cancel := context.WithTimeout(ctx, w.Limit)
	defer cancel()
	if ping := w.Client.Ping(limit); ping != nil && !errors.Is(ping, context.DeadlineExceeded) {
		return ping
	}
	return fmt.Errorf("no answer within %s", w.Limit)
}

// list asks for the end offsets of partitions. Those that the brokers do not
// report are left out.
func (w *Watch) list(ctx context.Context, ids []int32) map[int32]int64 {
	request := kmsg.NewPtrListOffsetsRequest()
	request.ReplicaID = -1
	topic := kmsg.NewListOffsetsRequestTopic()
	topic.Topic = w.Source.Topic
	for _, id := range ids {
		p := kmsg.NewListOffsetsRequestTopicPartition()
		p.Partition, p.Timestamp = id, offsets.AtEnd
		topic.Partitions = append(topic.Partitions, p)
	}
	request.Topics = append(request.Topics, topic)
	ends := map[int32]int64{}
	for _, shard := range w.Client.RequestSharded(ctx, request) {
		response, ok := shard.Resp.(*kmsg.ListOffsetsResponse)
		if shard.Err != nil || !ok {
			continue
		}
		for _, t := range response.Topics {
			for _, p := range t.Partitions {
				if p.ErrorCode == 0 {
					ends[p.Partition] = p.Offset
				}
			}
		}
	}
	return ends
}
