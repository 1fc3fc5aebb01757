// SPDX-License-Identifier: Apache-2.0

// Package reader reads partitions for many subscribers with few clients.
//
// A client reads a partition once, at one place. Subscribers at that place share
// what it fetches; one that is at another place, since it began elsewhere or was
// full for a while, reads with a further client until it is where others are. A
// subscriber that is full holds up nobody: where it is alone its partition is
// paused, else the others go on without it.
package reader

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
)

// lanesMax bounds the clients. With all of them at other places of a partition,
// further subscribers of it wait for one to get full, or to join another.
const lanesMax = 4

// Deliver takes what was fetched, and says whether the subscriber has enough. It
// must not block, and not call the reader.
type Deliver func(fetched kgo.FetchPartition) (full bool)

// Reader reads partitions. Make it with New.
type Reader struct {
	open func() (*kgo.Client, error)

	mu      sync.Mutex
	lanes   []*lane
	waiting map[part][]*Subscription // those that no lane has room for

	resumes sync.Mutex // of asked; nothing else is locked under it
	asked   []*Subscription
	signal  chan struct{}
	ended   context.CancelFunc
	running sync.WaitGroup
}

type part struct {
	topic string
	id    int32
}

// A Subscription is one subscriber's place in a partition.
type Subscription struct {
	reader  *Reader
	part    part
	deliver Deliver

	// The rest is guarded by the reader's mu.
	next   kgo.EpochOffset
	feed   *feed // nil while it waits, for Resume or for a lane
	full   bool
	closed bool
}

// feed is what a lane reads of a partition; all its subscribers are at one place.
type feed struct {
	part   part
	lane   *lane // nil once it has ended
	next   kgo.EpochOffset
	subs   []*Subscription
	paused bool
}

// New makes a reader. The first client is given and stays the caller's; open
// makes further ones when they are needed.
func New(first *kgo.Client, open func() (*kgo.Client, error)) *Reader {
	ctx, cancel := context.WithCancel(context.Background())
	r := &Reader{open: open, waiting: map[part][]*Subscription{}, signal: make(chan struct{}, 1), ended: cancel}
	r.start(ctx, first, false)
	r.running.Go(func() { r.control(ctx) })
	return r
}

// Close ends reading, and the clients that the reader has opened.
func (r *Reader) Close() {
	r.ended()
	r.running.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.lanes {
		if l.own {
			l.client.Close()
		}
	}
}

// start begins a lane, under mu or before anyone else knows the reader.
func (r *Reader) start(ctx context.Context, client *kgo.Client, own bool) *lane {
	l := &lane{reader: r, client: client, own: own, ctx: ctx, want: map[part]*feed{}, active: map[part]*feed{}, poke: func() {}}
	r.lanes = append(r.lanes, l)
	r.running.Go(l.run)
	return l
}

// Subscription of a partition from an offset on. It begins with Start.
func (r *Reader) Subscription(topic string, id int32, at kgo.EpochOffset, deliver Deliver) *Subscription {
	return &Subscription{reader: r, part: part{topic, id}, deliver: deliver, next: at}
}

// Start delivers records until Close.
func (s *Subscription) Start() {
	s.reader.mu.Lock()
	defer s.reader.mu.Unlock()
	if !s.closed {
		s.reader.place(s)
	}
}

// Close ends the subscription: nothing is delivered after it.
func (s *Subscription) Close() {
	r := s.reader
	r.mu.Lock()
	defer r.mu.Unlock()
	s.closed = true
	if waiting := r.waiting[s.part]; len(waiting) > 0 {
		r.waiting[s.part] = slices.DeleteFunc(waiting, func(o *Subscription) bool { return o == s })
	}
	if s.feed != nil {
		r.detach(s)
	}
}

// Resume goes on after the subscriber was full. It may be called from anywhere.
func (s *Subscription) Resume() {
	r := s.reader
	r.resumes.Lock()
	r.asked = append(r.asked, s)
	r.resumes.Unlock()
	select {
	case r.signal <- struct{}{}:
	default:
	}
}

// control follows calls of Resume.
func (r *Reader) control(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.signal:
		}
		r.resumes.Lock()
		list := r.asked
		r.asked = nil
		r.resumes.Unlock()
		r.mu.Lock()
		for _, s := range list {
			r.resume(s)
		}
		r.mu.Unlock()
	}
}

func (r *Reader) resume(s *Subscription) {
	if s.closed || !s.full {
		return
	}
	s.full = false
	if s.feed == nil {
		r.place(s)
		return
	}
	s.feed.paused = false
	s.feed.lane.client.ResumeFetchPartitions(s.part.names())
}

func (p part) names() map[string][]int32 { return map[string][]int32{p.topic: {p.id}} }

// place gives a subscription a feed, or makes it wait for one.
func (r *Reader) place(s *Subscription) {
	var free, held *lane
	for _, l := range r.lanes {
		f := l.want[s.part]
		switch {
		case f == nil && free == nil:
			free = l
		case f != nil && f.paused:
			held = l
		case f != nil && f.next.Offset == s.next.Offset:
			s.feed = f
			f.subs = append(f.subs, s)
			return
		}
	}
	if free == nil && held != nil {
		// Its only subscriber is full and needs no lane for now.
		r.detach(held.want[s.part].subs[0])
		free = held
	}
	if free == nil && len(r.lanes) < lanesMax {
		client, err := r.open()
		if err != nil {
			s.deliver(kgo.FetchPartition{Partition: s.part.id, Err: fmt.Errorf("opening a further client: %w", err)})
		} else {
			free = r.start(r.lanes[0].ctx, client, true)
		}
	}
	if free == nil || free.want[s.part] != nil {
		r.waiting[s.part] = append(r.waiting[s.part], s)
		return
	}
	s.feed = &feed{part: s.part, lane: free, next: s.next, subs: []*Subscription{s}}
	free.set(s.part, s.feed)
}

// detach takes a subscription off its feed, which ends with its last one.
func (r *Reader) detach(s *Subscription) {
	f := s.feed
	s.feed = nil
	f.subs = slices.DeleteFunc(f.subs, func(o *Subscription) bool { return o == s })
	if len(f.subs) == 0 {
		r.end(f)
	}
}

// end frees a feed's place in its lane, for the next that waits.
func (r *Reader) end(f *feed) {
	l := f.lane
	f.lane = nil
	if f.paused {
		l.client.ResumeFetchPartitions(f.part.names())
	}
	l.set(f.part, nil)
	waiting := r.waiting[f.part]
	if len(waiting) == 0 {
		delete(r.waiting, f.part)
		return
	}
	r.waiting[f.part] = waiting[1:]
	r.place(waiting[0])
}

// pass hands what a lane fetched to the feed's subscribers.
func (r *Reader) pass(f *feed, fetched kgo.FetchPartition) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if f.lane == nil {
		return // it ended after this was fetched
	}
	if n := len(fetched.Records); n > 0 {
		last := fetched.Records[n-1]
		f.next = kgo.EpochOffset{Epoch: last.LeaderEpoch, Offset: last.Offset + 1}
	}
	for _, s := range slices.Clone(f.subs) {
		s.next = f.next
		if s.deliver(fetched) && !s.full {
			r.fill(s)
		}
	}
	if f.lane != nil && len(fetched.Records) > 0 {
		r.merge(f)
	}
}

// fill follows a subscriber that has enough.
func (r *Reader) fill(s *Subscription) {
	s.full = true
	if len(s.feed.subs) > 1 || len(r.waiting[s.part]) > 0 {
		r.detach(s)
		return
	}
	s.feed.paused = true
	s.feed.lane.client.PauseFetchPartitions(s.part.names())
}

// merge makes feeds of a partition one that are at the same place.
func (r *Reader) merge(f *feed) {
	for _, l := range r.lanes {
		other := l.want[f.part]
		if other == nil || other == f || other.paused || f.paused || other.next.Offset != f.next.Offset {
			continue
		}
		for _, s := range f.subs {
			s.feed = other
		}
		other.subs = append(other.subs, f.subs...)
		f.subs = nil
		r.end(f)
		return
	}
}
