// SPDX-License-Identifier: Apache-2.0

package dev

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	recentMax = 100     // records kept of each topic
	textMax   = 8 << 10 // of a value that the page shows
)

// observer reads all topics, without a consumer group, to show records.
type observer struct {
	plan   *plan
	traces *traces
	client *kgo.Client

	mu     sync.Mutex
	recent map[string][]*seen
	next   map[string][]int64 // offset of each partition to read next
}

// newObserver starts where topics end now, not where they end when the client first
// asks; of dead letters it also reads the last ones.
func newObserver(ctx context.Context, b *broker, p *plan, t *traces) (*observer, error) {
	ends, err := b.ends(ctx, p.names())
	// Topics that were just created have no leader yet.
	for tries := 0; kerr.IsRetriable(err) && tries < 50 && ctx.Err() == nil; tries++ {
		time.Sleep(200 * time.Millisecond)
		ends, err = b.ends(ctx, p.names())
	}
	if err != nil {
		return nil, err
	}
	assigned, next := map[string]map[int32]kgo.Offset{}, map[string][]int64{}
	for topic, partitions := range ends {
		assigned[topic] = map[int32]kgo.Offset{}
		next[topic] = make([]int64, len(partitions))
		for id, at := range partitions {
			from := at.end
			switch {
			case b.embedded != nil:
				from = at.start
			case p.dead(topic):
				from = max(at.start, at.end-recentMax)
			}
			assigned[topic][int32(id)] = kgo.NewOffset().At(from)
			next[topic][id] = from
		}
	}
	// Control records end transactions: without them a partition would seem to
	// have more to read.
	client, err := b.connect(kgo.ConsumePartitions(assigned), kgo.FetchMaxWait(500*time.Millisecond),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.KeepControlRecords())
	if err != nil {
		return nil, err
	}
	return &observer{plan: p, traces: t, client: client, recent: map[string][]*seen{}, next: next}, nil
}

func (o *observer) run(ctx context.Context) {
	defer o.client.Close()
	for {
		fetches := o.client.PollRecords(ctx, 2000)
		if ctx.Err() != nil || fetches.IsClientClosed() {
			return
		}
		now := time.Now()
		fetches.EachTopic(func(t kgo.FetchTopic) {
			terminal, dead := o.plan.terminal(t.Topic), o.plan.dead(t.Topic)
			t.EachRecord(func(r *kgo.Record) {
				if !r.Attrs.IsControl() {
					o.traces.note(r, now, terminal, dead)
				}
				o.keep(r, now)
			})
		})
	}
}

func (o *observer) keep(r *kgo.Record, now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.next[r.Topic][r.Partition] = r.Offset + 1
	if r.Attrs.IsControl() {
		return
	}
	list := append(o.recent[r.Topic], &seen{r, now})
	if len(list) > 2*recentMax {
		list = slices.Clone(list[len(list)-recentMax:])
	}
	o.recent[r.Topic] = list
}

// reached reports whether everything before the given ends of partitions has been read.
func (o *observer) reached(ends map[string][]position) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	for topic, partitions := range ends {
		for id, at := range partitions {
			if o.next[topic][id] < at.end {
				return false
			}
		}
	}
	return true
}

// last returns the last records of a topic, the newest first.
func (o *observer) last(topic string, n int) []Record {
	o.mu.Lock()
	defer o.mu.Unlock()
	list := o.recent[topic]
	out := []Record{}
	for i := len(list) - 1; i >= 0 && len(out) < n; i-- {
		out = append(out, show(list[i]))
	}
	return out
}

// Record is a Kafka record for the page.
type Record struct {
	Topic     string      `json:"topic"`
	Partition int32       `json:"partition"`
	Offset    int64       `json:"offset"`
	Time      time.Time   `json:"time"` // when it was read back
	Key       string      `json:"key"`
	Value     string      `json:"value"`
	Size      int         `json:"size"`
	Cut       bool        `json:"cut,omitempty"`
	Null      bool        `json:"null,omitempty"`
	Headers   [][2]string `json:"headers"`
	Trace     string      `json:"trace,omitempty"`
}

func show(s *seen) Record {
	r := s.record
	out := Record{
		Topic: r.Topic, Partition: r.Partition, Offset: r.Offset, Time: s.at, Key: text(r.Key, 200), Value: text(r.Value, textMax),
		Size: len(r.Value), Cut: len(r.Value) > textMax, Null: r.Value == nil, Headers: [][2]string{}, Trace: traceOf(r),
	}
	if json.Valid(r.Value) && !out.Cut {
		out.Value = indent(r.Value)
	}
	for _, h := range r.Headers {
		out.Headers = append(out.Headers, [2]string{text([]byte(h.Key), 200), text(h.Value, 2000)})
	}
	return out
}

// text shows bytes: as they are if they are UTF-8, else as hexadecimal.
func text(b []byte, limit int) string {
	cut := b[:min(len(b), limit)]
	if utf8.Valid(b) {
		for !utf8.Valid(cut) {
			cut = cut[:len(cut)-1]
		}
		return string(cut)
	}
	return fmt.Sprintf("%x", cut[:min(len(cut), 256)])
}
