// SPDX-License-Identifier: Apache-2.0

package lookout

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/helm-wasm/helm-wasm/internal/runner/backoff"
	"github.com/helm-wasm/helm-wasm/internal/runner/scaler/demand"
)

// denied is how long a topic is not fetched from that the brokers' ACLs keep from
// being read.
const denied = time.Minute

// watch waits for events on the partitions that a broker leads and that have
// nothing to do. The broker holds a fetch at their end until an event comes, or
// Wait is over: one request a second for all of them together. A fetch reads
// one batch of events at most, and throws it away: what counts is the new end.
func (l *Lookout) watch(ctx context.Context, broker int32) {
	for ctx.Err() == nil {
		request, looked := l.fetch(broker)
		if request == nil {
			select {
			case <-looked:
			case <-ctx.Done():
			}
			continue
		}
		response, err := l.client.Broker(int(broker)).Request(ctx, request)
		if ctx.Err() != nil {
			return
		}
		news := false
		if err == nil {
			news, err = l.hear(response.(*kmsg.FetchResponse))
		}
		if err != nil {
			l.lost(request)
		}
		if err != nil || news {
			_ = backoff.Sleep(ctx, l.times.Pause)
		}
	}
}

// fetch is a request for what a broker leads, nil when there is nothing to
// wait for; then looked says when that may have changed.
func (l *Lookout) fetch(broker int32) (request *kmsg.FetchRequest, looked <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	waiting := map[string][]*demand.Function{}
	for at, g := range l.facts.groups {
		t := l.facts.topics[at.topic]
		if t.unled || t.err != nil || g.since.IsZero() || time.Now().Before(t.blind) {
			continue
		}
		for _, fn := range g.functions {
			if !fn.Demand(l.facts.partitions(fn)).Active {
				waiting[at.topic] = append(waiting[at.topic], fn)
			}
		}
	}
	r := kmsg.NewPtrFetchRequest()
	r.MaxWaitMillis, r.MinBytes, r.MaxBytes = int32(l.times.Wait.Milliseconds()), 1, 1
	for name, functions := range waiting {
		t := l.facts.topics[name]
		rt := kmsg.NewFetchRequestTopic()
		rt.Topic, rt.TopicID = name, t.id
		for id, p := range t.partitions {
			if p.leader != broker || !slices.ContainsFunc(functions, func(fn *demand.Function) bool { return fn.Watches(id) }) {
				continue
			}
			rp := kmsg.NewFetchRequestTopicPartition()
			rp.Partition, rp.FetchOffset, rp.PartitionMaxBytes = id, p.end, 1
			rt.Partitions = append(rt.Partitions, rp)
		}
		if len(rt.Partitions) > 0 {
			r.Topics = append(r.Topics, rt)
		}
	}
	if len(r.Topics) == 0 {
		return nil, l.looked
	}
	return r, nil
}

// hear enters the ends that a fetch brings.
func (l *Lookout) hear(response *kmsg.FetchResponse) (news bool, err error) {
	if err := kerr.ErrorForCode(response.ErrorCode); err != nil {
		return false, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	moved := map[string]bool{}
	for _, rt := range response.Topics {
		name, t := l.facts.named(rt.Topic, rt.TopicID)
		if t == nil {
			continue
		}
		for _, rp := range rt.Partitions {
			p := t.partitions[rp.Partition]
			if err := kerr.ErrorForCode(rp.ErrorCode); err != nil {
				t.unled = true
				if errors.Is(err, kerr.TopicAuthorizationFailed) {
					t.blind = time.Now().Add(denied)
				}
			} else if p != nil && rp.HighWatermark > p.end {
				p.end = rp.HighWatermark
				moved[name] = true
			}
		}
	}
	if len(moved) == 0 {
		return false, nil
	}
	for _, t := range l.targets {
		if slices.ContainsFunc(t.Target, func(fn demand.Function) bool { return moved[fn.Topic] }) {
			l.judge(t)
		}
	}
	l.metrics.Wakeups.Inc()
	return true, nil
}

// lost has the leaders of what was asked for looked up again.
func (l *Lookout) lost(request *kmsg.FetchRequest) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, rt := range request.Topics {
		if t := l.facts.topics[rt.Topic]; t != nil {
			t.unled = true
		}
	}
}

// named finds a topic by its name or, in newer answers, by its id.
func (f *facts) named(name string, id [16]byte) (string, *topic) {
	if name != "" {
		return name, f.topics[name]
	}
	for name, t := range f.topics {
		if t.id == id {
			return name, t
		}
	}
	return "", nil
}
