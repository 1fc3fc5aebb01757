// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/helm-wasm/helm-wasm/internal/runner/broker"
	"github.com/helm-wasm/helm-wasm/internal/runner/health"
)

const (
	// watchInterval is how often the brokers are asked for the source topic.
	watchInterval = 5 * time.Second
	// watchLimit is how long they may take to answer.
	watchLimit = 5 * time.Second
)

// watch asks the brokers now and then whether they are there, and whether the
// source topic is. A client that consumes keeps that to itself: it repeats what
// fails until it works, and an idle topic shows nothing at all.
type watch struct {
	client     *kgo.Client
	source     *source
	conditions *health.Conditions
	interval   time.Duration
	limit      time.Duration
	// The delivery's partitions, and where the ends of them go.
	assignment func() []int32
	ends       func(map[int32]int64)
}

// run looks until ctx is done.
func (w *watch) run(ctx context.Context) {
	for sleep(ctx, w.interval) == nil {
		w.look(ctx)
	}
}

// look asks once.
func (w *watch) look(ctx context.Context) {
	limit, cancel := context.WithTimeout(ctx, w.limit)
	defer cancel()
	problem, err := w.topic(limit)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		w.conditions.Block("brokers", broker.Explain(w.reason(ctx, err)))
		return
	}
	w.conditions.Clear("brokers")
	w.source.seen(problem)
	if ids := w.assignment(); problem == nil && len(ids) > 0 {
		w.ends(w.list(limit, ids))
	}
}

// topic asks for the source topic. problem is what the brokers say of it, err
// that they say nothing.
func (w *watch) topic(ctx context.Context) (problem, err error) {
	request := kmsg.NewPtrMetadataRequest()
	topic := kmsg.NewMetadataRequestTopic()
	topic.Topic = &w.source.topic
	request.Topics = append(request.Topics, topic)
	response, err := request.RequestWith(ctx, w.client)
	if err != nil {
		return nil, err
	}
	for _, t := range response.Topics {
		if err := kerr.ErrorForCode(t.ErrorCode); err != nil {
			return err, nil
		}
		for _, p := range t.Partitions {
			// One leader is enough to call the topic readable; moves of
			// others are the client's daily work.
			if problem = kerr.ErrorForCode(p.ErrorCode); problem == nil {
				return nil, nil
			}
		}
	}
	return problem, nil
}

// reason is why there was no answer. The client itself repeats what fails until
// its time is over, which says little; a ping does not.
func (w *watch) reason(ctx context.Context, err error) error {
	if !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	limit, cancel := context.WithTimeout(ctx, w.limit)
	defer cancel()
	if ping := w.client.Ping(limit); ping != nil && !errors.Is(ping, context.DeadlineExceeded) {
		return ping
	}
	return fmt.Errorf("no answer within %s", w.limit)
}

// list asks for the ends of partitions, as far as brokers tell.
func (w *watch) list(ctx context.Context, ids []int32) map[int32]int64 {
	request := kmsg.NewPtrListOffsetsRequest()
	request.ReplicaID = -1
	topic := kmsg.NewListOffsetsRequestTopic()
	topic.Topic = w.source.topic
	for _, id := range ids {
		p := kmsg.NewListOffsetsRequestTopicPartition()
		p.Partition, p.Timestamp = id, atEnd
		topic.Partitions = append(topic.Partitions, p)
	}
	request.Topics = append(request.Topics, topic)
	ends := map[int32]int64{}
	for _, shard := range w.client.RequestSharded(ctx, request) {
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

// source decides on the condition of the source topic. It has two witnesses:
// fetches, and the watch.
type source struct {
	topic      string
	conditions *health.Conditions
	patience   time.Duration // how long a failed fetch counts

	mu     sync.Mutex
	fetch  error // what the last fetch said
	failed time.Time
	look   error // what the watch saw last
}

// report takes what was polled.
func (s *source) report(fetches kgo.Fetches) {
	var failed error
	fetches.EachError(func(_ string, _ int32, err error) {
		if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
			failed = err
		}
	})
	if failed == nil && fetches.NumRecords() == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if failed == nil && s.fetch == nil && s.look == nil {
		return
	}
	s.fetch, s.failed = failed, time.Now()
	if failed == nil {
		s.look = nil // records came, so the topic is there
	}
	s.decide()
}

// seen takes what the watch found. Fetches that failed are forgotten after a
// while without another: when no event comes, nothing else says that the topic
// can be read again.
func (s *source) seen(problem error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.look = problem
	if s.fetch != nil && time.Since(s.failed) > s.patience {
		s.fetch = nil
	}
	s.decide()
}

func (s *source) decide() {
	err := s.look
	if err == nil {
		err = s.fetch
	}
	if err == nil {
		s.conditions.Clear("source")
		return
	}
	s.conditions.Block("source", fmt.Sprintf("events of topic %q cannot be read: %s", s.topic, broker.Explain(err)))
}
