// SPDX-License-Identifier: Apache-2.0

package scaling

import "time"

// Consumers are what a replica can do, and what starting one takes.
type Consumers struct {
	// ServiceTime is how long one event takes.
	ServiceTime time.Duration

	// Concurrency is how many partitions a replica works on at once; the events of
	// one partition are processed one after the other.
	Concurrency int

	// Commit is the time between two commits of offsets. Until an offset is committed,
	// KEDA counts its event as lag.
	Commit time.Duration

	// Batch is how many events of a partition are committed together, while there
	// are as many; 0 and 1 commit each.
	Batch int

	// Startup is the time from the creation of a pod until it consumes.
	Startup time.Duration

	// Rebalance is how long the group pauses when a member joins or leaves.
	Rebalance time.Duration
}

func (c *Consumers) validate() error {
	switch {
	case c.ServiceTime < time.Microsecond:
		return &SettingError{"Consumers.ServiceTime", c.ServiceTime, "at least 1us"}
	case c.Concurrency < 1:
		return &SettingError{"Consumers.Concurrency", c.Concurrency, "at least 1"}
	case c.Batch < 0:
		return &SettingError{"Consumers.Batch", c.Batch, "at least 0"}
	case c.Commit < 0:
		return &SettingError{"Consumers.Commit", c.Commit, "at least 0s"}
	case c.Startup < 0:
		return &SettingError{"Consumers.Startup", c.Startup, "at least 0s"}
	case c.Rebalance < 0:
		return &SettingError{"Consumers.Rebalance", c.Rebalance, "at least 0s"}
	}
	return nil
}

// group is the consumer group: pods and the partitions that each has.
type group struct {
	Consumers
	starts []int64 // second from which each pod consumes, the oldest pod first
	ready  int
	paused int64     // second until which the group rebalances
	speeds []float64 // of each member, for a partition, in events per second
	delays delays
}

// scale creates pods, or removes the youngest.
func (g *group) scale(now int64, replicas int) {
	for len(g.starts) < replicas {
		g.starts = append(g.starts, now+int64(g.Startup/time.Second))
	}
	g.starts = g.starts[:replicas]
	if replicas < g.ready {
		g.ready, g.paused = replicas, now+int64(g.Rebalance/time.Second)
	}
}

// join updates who is a member; each change makes the group rebalance.
func (g *group) join(now int64) {
	ready := g.ready
	for ready < len(g.starts) && g.starts[ready] <= now {
		ready++
	}
	if ready != g.ready {
		g.ready, g.paused = ready, now+int64(g.Rebalance/time.Second)
	}
}

// consume processes for one second.
func (g *group) consume(now int64, t *topic) {
	if g.ready == 0 || now < g.paused {
		return
	}
	g.share(t)
	// An event is lag while it is processed, and then for half of the time between two
	// commits, on average.
	hold := min(g.ServiceTime, time.Second).Seconds() + g.Commit.Seconds()/2
	member := -1
	for i := range t.lanes {
		if member++; member == g.ready {
			member = 0
		}
		l := &t.lanes[i]
		n := int64(0)
		switch {
		case l.waiting > 0:
			l.spare += g.speeds[member]
			n = min(int64(l.spare), l.waiting)
			l.spare = min(l.spare-float64(n), 1)
			l.take(now, n, &g.delays)
		case !l.flying:
			l.spare = 0
			continue
		}
		t.lag -= l.commit(&t.partitions[i], n, hold, int64(g.Batch))
	}
}

// share says how many events of a partition each member processes in a second.
// Partition i belongs to member i modulo the members.
func (g *group) share(t *topic) {
	speed := float64(time.Second) / float64(g.ServiceTime)
	g.speeds = g.speeds[:0]
	for range g.ready {
		g.speeds = append(g.speeds, speed)
	}
	if len(t.lanes) <= g.ready*g.Concurrency {
		return // nobody has more partitions than it can work on at once
	}
	for member := range g.speeds {
		busy := 0
		for i := member; i < len(t.lanes); i += g.ready {
			if t.lanes[i].waiting > 0 {
				busy++
			}
		}
		if busy > g.Concurrency {
			g.speeds[member] = speed * float64(g.Concurrency) / float64(busy)
		}
	}
}

// take processes events: those of the queue, and then those of this second.
func (l *lane) take(now, n int64, d *delays) {
	if old := min(n, l.waiting-l.fresh); old > 0 {
		l.pop(now, old, d)
		n -= old
		l.processed, l.waiting = l.processed+old, l.waiting-old
	}
	if n > 0 {
		d.add(0, n)
		l.fresh -= n
		l.processed, l.waiting = l.processed+n, l.waiting-n
	}
}

// commit what was processed, except what is still in flight of the n events of this
// second; in whole batches, unless nothing is left. It returns how many are new.
func (l *lane) commit(p *Partition, n int64, hold float64, batch int64) int64 {
	l.flight += float64(n) * hold
	flying := int64(l.flight)
	l.flight -= float64(flying)
	done := l.processed - flying
	if batch > 1 && l.waiting > 0 {
		done -= done % batch
	}
	was := max(0, p.Committed)
	if done > was {
		p.Committed = done
	}
	l.flying = l.processed > p.Committed
	return max(0, done-was)
}

// delays counts events by the whole seconds that they waited.
type delays struct {
	counts []int64
	total  int64
}

func (d *delays) add(waited, count int64) {
	for int64(len(d.counts)) <= waited {
		d.counts = append(d.counts, 0)
	}
	d.counts[waited] += count
	d.total += count
}

// percentile of the time that events waited.
func (d *delays) percentile(p float64) time.Duration {
	rank := int64(p / 100 * float64(d.total))
	for waited, n := range d.counts {
		if rank -= n; rank < 0 || rank == 0 && p == 100 {
			return time.Duration(waited) * time.Second
		}
	}
	return 0
}
