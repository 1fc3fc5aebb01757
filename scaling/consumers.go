// SPDX-License-Identifier: Apache-2.0

package scaling

import (
	"fmt"
	"time"
)

// Consumers are what a replica can do, and what starting one takes.
type Consumers struct {
	// ServiceTime is how long one event takes.
	ServiceTime time.Duration

	// Concurrency is how many partitions a replica works on at once; the events of
	// one partition are processed one after the other.
	Concurrency int

	// Batch is how many events of a partition are committed together, while there
	// are as many; 0 and 1 commit each.
	Batch int

	// Startup is the time from the creation of a pod until it consumes.
	Startup time.Duration

	// Rebalance is how long the group pauses when a member joins or leaves.
	Rebalance time.Duration
}

// Validate reports the first setting with which nothing can be computed.
func (c *Consumers) Validate() error {
	switch {
	case c.ServiceTime < time.Microsecond:
		return fmt.Errorf("ServiceTime is %s: give at least 1us", c.ServiceTime)
	case c.Concurrency < 1:
		return fmt.Errorf("Concurrency is %d: give at least 1", c.Concurrency)
	case c.Batch < 0:
		return fmt.Errorf("Batch is %d: give at least 0", c.Batch)
	case c.Startup < 0 || c.Rebalance < 0:
		return fmt.Errorf("Startup is %s and Rebalance is %s: give at least 0s", c.Startup, c.Rebalance)
	}
	return nil
}

// group is the consumer group: pods and the partitions that each has.
type group struct {
	Consumers
	starts []int64 // second from which each pod consumes, the oldest pod first
	ready  int
	paused int64 // second until which the group rebalances
	busy   []int // partitions with events, for each member
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

// consume processes for one second. Partition i belongs to member i modulo the members.
func (g *group) consume(now int64, t *topic) {
	if g.ready == 0 || now < g.paused {
		return
	}
	g.busy = append(g.busy[:0], make([]int, g.ready)...)
	for i := range t.lanes {
		if t.lanes[i].head < len(t.lanes[i].segments) {
			g.busy[i%g.ready]++
		}
	}
	speed := float64(time.Second) / float64(g.ServiceTime)
	for i := range t.lanes {
		l := &t.lanes[i]
		if l.head == len(l.segments) {
			l.spare = 0
			continue
		}
		l.spare += speed * min(1, float64(g.Concurrency)/float64(g.busy[i%g.ready]))
		waiting := t.partitions[i].End - l.processed
		n := min(int64(l.spare), waiting)
		l.spare = min(l.spare-float64(n), 1)
		l.pop(n, func(at, count int64) { g.delays.add(now-at, count) })
		l.processed += n
		l.commit(&t.partitions[i], int64(g.Batch))
	}
}

// commit what is processed: whole batches, or all of it when nothing is left.
func (l *lane) commit(p *Partition, batch int64) {
	done := l.processed
	if batch > 1 && done < p.End {
		done -= done % batch
	}
	if done > max(0, p.Committed) {
		p.Committed = done
	}
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
