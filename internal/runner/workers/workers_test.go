// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"
)

func begin(t *testing.T, s *Share) *Turn {
	t.Helper()
	turn, err := s.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return turn
}

// waiting waits until n turns are asked for in a lane.
func (p *Pool) waiting(l *lane, n int) {
	for {
		p.mu.Lock()
		has := len(l.waiting)
		p.mu.Unlock()
		if has == n {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// queueUp asks for a turn, and puts the share's name into order when it comes.
func queueUp(t *testing.T, s *Share, name string, order chan<- string, work *sync.WaitGroup) {
	work.Go(func() {
		turn, err := s.Begin(context.Background())
		if err != nil {
			t.Error(err)
			return
		}
		order <- name
		turn.End()
	})
}

// TestWhoHadLeast comes first, by weight.
func TestWhoHadLeast(t *testing.T) {
	p := New(1)
	p.moment = time.Hour
	hold := begin(t, p.Share(1))
	light, heavy, fresh := p.Share(1), p.Share(10), p.Share(1)
	light.had, heavy.had, fresh.had = 5, 2, 3
	order := make(chan string, 3)
	var work sync.WaitGroup
	queueUp(t, light, "light", order, &work)
	p.waiting(&p.quick, 1)
	queueUp(t, fresh, "fresh", order, &work)
	p.waiting(&p.quick, 2)
	queueUp(t, heavy, "heavy", order, &work)
	p.waiting(&p.quick, 3)
	hold.End()
	work.Wait()
	for _, want := range []string{"heavy", "fresh", "light"} {
		if got := <-order; got != want {
			t.Errorf("%s comes before %s", got, want)
		}
	}
	light.had, heavy.had = 0, 0
	for _, s := range []*Share{light, heavy} {
		p.clock = 0
		turn := begin(t, s)
		turn.began = turn.began.Add(-10 * time.Second)
		turn.End()
	}
	if heavy.had >= light.had {
		t.Errorf("ten seconds count %f for weight 10, and %f for weight 1", heavy.had, light.had)
	}
}

// TestNobodySavesUp: a function that was away for long does not keep the others
// waiting for as long.
func TestNobodySavesUp(t *testing.T) {
	p := New(1)
	busy, away := p.Share(1), p.Share(1)
	busy.had = 100
	begin(t, busy).End()
	begin(t, away).End()
	if away.had < 100 {
		t.Errorf("it was away and has saved up %f seconds", 100-away.had)
	}
}

// TestSlowOnes keep each other waiting, and not a quick one.
func TestSlowOnes(t *testing.T) {
	p := New(1)
	p.moment = time.Millisecond
	slow, other, quick := p.Share(1), p.Share(1), p.Share(1)
	turn := begin(t, slow)
	begin(t, quick).End() // once the first is over its moment
	other.slow = true
	order := make(chan string, 1)
	var work sync.WaitGroup
	queueUp(t, other, "other", order, &work)
	p.waiting(&p.slow, 1)
	p.moment = time.Hour
	begin(t, quick).End()
	select {
	case <-order:
		t.Error("two slow ones have turns")
	default:
	}
	turn.End()
	work.Wait()
	if other.slow {
		t.Error("it was quick, and counts as slow")
	}
	if p.quick.taken != 0 || p.slow.taken != 0 {
		t.Errorf("%d and %d turns are left", p.quick.taken, p.slow.taken)
	}
}

func TestGivesUp(t *testing.T) {
	p := New(1)
	hold := begin(t, p.Share(1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Share(1).Begin(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	hold.End()
	begin(t, p.Share(1)).End()
	var none *Share
	begin(t, none).End()
}

func TestMany(t *testing.T) {
	p := New(3)
	p.moment = 200 * time.Microsecond
	var mu sync.Mutex
	turns := 0
	var work sync.WaitGroup
	for n := range 20 {
		s := p.Share(n)
		work.Go(func() {
			for i := range 50 {
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(1+i%7)*time.Millisecond)
				if turn, err := s.Begin(ctx); err == nil {
					mu.Lock()
					turns++
					mu.Unlock()
					time.Sleep(time.Duration(n*20) * time.Microsecond)
					turn.End()
				}
				cancel()
			}
		})
	}
	work.Wait()
	if turns == 0 || p.quick.taken != 0 || p.slow.taken != 0 {
		t.Errorf("%d turns, %d and %d are left", turns, p.quick.taken, p.slow.taken)
	}
}
