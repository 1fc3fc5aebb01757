// SPDX-License-Identifier: Apache-2.0

// Package workers shares a host's processors among its functions, by weight.
//
// A function works in turns. Those that have had least, for their weight, come
// first. A turn cannot be taken away, but one that takes longer than a moment no
// longer counts as a worker's: it is slow, and its function's next turns wait
// behind other slow ones until one is quick. So functions that are slow keep each
// other waiting, and never those that are quick.
package workers

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// moment is how long a turn may take and count as quick. Calls are given about
// that much work together.
const moment = 40 * time.Millisecond

// A Pool has the turns. Make it with New.
type Pool struct {
	moment time.Duration

	mu    sync.Mutex
	quick lane
	slow  lane
	clock float64 // of the share whose turn came last
}

// lane is the turns of one kind.
type lane struct {
	limit, taken int
	waiting      queue
}

// New makes a pool with n turns at a time, and as many that are slow.
func New(n int) *Pool {
	return &Pool{moment: moment, quick: lane{limit: n}, slow: lane{limit: n}}
}

// A Share is one function's part of a pool. The nil share has a turn at any time.
type Share struct {
	pool   *Pool
	weight float64
	had    float64 // time that the function had, in seconds for each of its weight
	slow   bool    // its last turn was
}

// Share makes one of a weight; 0 counts as 1.
func (p *Pool) Share(weight int) *Share { return &Share{pool: p, weight: float64(max(1, weight))} }

// A Turn lasts until End.
type Turn struct {
	share *Share
	key   float64
	ready chan struct{}
	gone  bool // whoever waited for it no longer does
	slow  bool
	began time.Time
	timer *time.Timer
}

// Begin waits for a turn.
func (s *Share) Begin(ctx context.Context) (*Turn, error) {
	if s == nil {
		return nil, ctx.Err()
	}
	p := s.pool
	t := &Turn{share: s, ready: make(chan struct{})}
	p.mu.Lock()
	// Who was away has saved nothing up.
	s.had = max(s.had, p.clock)
	t.key = s.had
	heap.Push(&p.lane(s.slow).waiting, t)
	p.next()
	p.mu.Unlock()
	select {
	case <-t.ready:
		return t, nil
	case <-ctx.Done():
	}
	p.mu.Lock()
	t.gone = true
	begun := !t.began.IsZero()
	p.mu.Unlock()
	if begun {
		t.End()
	}
	return nil, ctx.Err()
}

// End gives the turn to the next.
func (t *Turn) End() {
	if t == nil {
		return
	}
	p := t.share.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	t.timer.Stop()
	took := time.Since(t.began)
	t.share.had += took.Seconds() / t.share.weight
	t.share.slow = took > p.moment
	p.lane(t.slow).taken--
	t.gone = true
	p.next()
}

func (p *Pool) lane(slow bool) *lane {
	if slow {
		return &p.slow
	}
	return &p.quick
}

// next begins turns as long as there are any, under mu.
func (p *Pool) next() {
	for _, slow := range []bool{false, true} {
		l := p.lane(slow)
		for l.taken < l.limit && len(l.waiting) > 0 {
			t := heap.Pop(&l.waiting).(*Turn)
			if t.gone {
				continue
			}
			l.taken++
			t.slow, t.began = slow, time.Now()
			p.clock = max(p.clock, t.key)
			t.timer = time.AfterFunc(p.moment, func() { p.over(t) })
			close(t.ready)
		}
	}
}

// over makes a turn that takes long a slow one.
func (p *Pool) over(t *Turn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t.slow || t.gone {
		return
	}
	t.slow = true
	p.quick.taken--
	p.slow.taken++
	p.next()
}

// queue is a heap of turns.
type queue []*Turn

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].key < q[j].key }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }

// Push is heap.Interface.
func (q *queue) Push(x any) { *q = append(*q, x.(*Turn)) }

// Pop is heap.Interface.
func (q *queue) Pop() any {
	old := *q
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*q = old[:len(old)-1]
	return t
}
