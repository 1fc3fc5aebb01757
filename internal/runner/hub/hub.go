// SPDX-License-Identifier: Apache-2.0

// Package hub lets many functions share a Kafka client, each as a real member of
// its own consumer group.
package hub

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/broker"
	"github.com/helm-wasm/helm-wasm/internal/runner/health"
	"github.com/helm-wasm/helm-wasm/internal/runner/membership"
	"github.com/helm-wasm/helm-wasm/internal/runner/reader"
	"github.com/helm-wasm/helm-wasm/internal/runner/stream"
)

const (
	// joinsMax is how many functions join their groups at the same time.
	joinsMax = 8
	// patience is how many answers in a row may be errors before readiness
	// shows it.
	patience = 3
)

// A Hub is one client that functions share. Make it with New.
type Hub struct {
	// Client writes results and speaks to the groups. It is the caller's.
	Client *kgo.Client
	// Queue is what the functions' streams share.
	Queue *stream.Queue

	reader *reader.Reader
	joins  chan struct{}
}

// New makes a hub. open makes further clients, for functions that read a partition
// at another place than others do.
func New(client *kgo.Client, open func() (*kgo.Client, error)) *Hub {
	return &Hub{
		Client: client, Queue: &stream.Queue{}, reader: reader.New(client, open), joins: make(chan struct{}, joinsMax),
	}
}

// Close ends reading. The functions' consumers are closed before.
func (h *Hub) Close() { h.reader.Close() }

// Function is what a hub wants to know of one.
type Function struct {
	Group      string
	Topic      string
	Latest     bool // begins at the end of partitions without a committed offset
	Handover   time.Duration
	Conditions *health.Conditions
	Logger     *slog.Logger
}

// Consumer is a function's place in its group.
type Consumer struct {
	Function
	hub     *Hub
	member  *membership.Member
	handler stream.Handler
	leave   context.CancelFunc
	ran     sync.WaitGroup
	failed  int // answers in a row that were errors

	mu   sync.Mutex
	subs map[int32]*reader.Subscription
}

var _ stream.Consumer = (*Consumer)(nil)

// Consumer makes a function's. It joins its group with Run.
func (h *Hub) Consumer(f Function) *Consumer {
	c := &Consumer{Function: f, hub: h, leave: func() {}, subs: map[int32]*reader.Subscription{}}
	c.member = membership.New(membership.Config{
		Client: h.Client, Group: f.Group, Topic: f.Topic, Latest: f.Latest, Handover: f.Handover, Joins: h.joins,
		Handler: follower{c}, Logger: f.Logger,
	})
	return c
}

// Use is stream.Consumer.
func (c *Consumer) Use(handler stream.Handler) { c.handler = handler }

// Run joins the group, and returns when ctx is done. Close leaves it.
func (c *Consumer) Run(ctx context.Context) {
	member, cancel := context.WithCancel(context.WithoutCancel(ctx))
	c.leave = cancel
	c.ran.Go(func() { c.member.Run(member) })
	<-ctx.Done()
}

// Close leaves the group, after Run.
func (c *Consumer) Close() {
	c.leave()
	c.ran.Wait()
	follower{c}.drop(nil)
}

// Commit is stream.Consumer.
func (c *Consumer) Commit(ctx context.Context, offsets map[int32]kgo.EpochOffset) error {
	return c.member.Commit(ctx, offsets)
}

// Pause does nothing: partitions say themselves that they are full.
func (c *Consumer) Pause(int32) {}

// Resume is stream.Consumer.
func (c *Consumer) Resume(id int32) {
	c.mu.Lock()
	s := c.subs[id]
	c.mu.Unlock()
	if s != nil {
		s.Resume()
	}
}

// follower turns what the group assigns into subscriptions.
type follower struct{ *Consumer }

// Assigned is membership.Handler.
func (f follower) Assigned(starts map[int32]kgo.EpochOffset) {
	ids := make([]int32, 0, len(starts))
	for id := range starts {
		ids = append(ids, id)
	}
	f.handler.Assigned(ids)
	for id, at := range starts {
		s := f.hub.reader.Subscription(f.Topic, id, at, func(fetched kgo.FetchPartition) bool {
			topic := kgo.FetchTopic{Topic: f.Topic, Partitions: []kgo.FetchPartition{fetched}}
			f.handler.Report(kgo.Fetches{{Topics: []kgo.FetchTopic{topic}}})
			return len(fetched.Records) > 0 && f.handler.Fetched(id, fetched.Records, fetched.HighWatermark)
		})
		f.mu.Lock()
		f.subs[id] = s
		f.mu.Unlock()
		s.Start() // from here on it may get full, and Resume must find it
	}
}

// Revoked is membership.Handler.
func (f follower) Revoked(ids []int32) {
	f.drop(ids)
	f.handler.Revoked(ids)
}

// Lost is membership.Handler.
func (f follower) Lost(ids []int32) {
	f.drop(ids)
	f.handler.Lost(ids)
}

// Answered is membership.Handler.
func (f follower) Answered(err error) {
	if err == nil {
		f.failed = 0
		f.Conditions.Clear("group")
		return
	}
	// A coordinator that moves, or a member that was put out, is no news.
	if f.failed++; f.failed > patience {
		f.Conditions.Block("group", "the function is not in its consumer group: "+broker.Explain(err))
	}
}

// drop ends subscriptions: those of partitions, or all without any.
func (f follower) drop(ids []int32) {
	var gone []*reader.Subscription
	f.mu.Lock()
	for id, s := range f.subs {
		if ids == nil || slices.Contains(ids, id) {
			gone = append(gone, s)
			delete(f.subs, id)
		}
	}
	f.mu.Unlock()
	// Not under the lock, which partitions ask for while records are delivered.
	for _, s := range gone {
		s.Close()
	}
}
