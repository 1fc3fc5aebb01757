// SPDX-License-Identifier: Apache-2.0

package scaling

import "math"

// segment is a number of events of one partition that arrived together.
type segment struct {
	at    int64 // second of arrival
	count int64
}

// queue of events in the order of their arrival.
type queue struct {
	segments []segment
	head     int
}

// coarseness is how much longer the queue is, in time, than the span of arrivals that
// one segment may stand for. It bounds the memory of long backlogs, and the error of
// delays, which is under 1/coarseness.
const coarseness = 1000

// push adds events that arrived at a second.
func (q *queue) push(at, count int64) {
	if n := len(q.segments); n > q.head {
		last := &q.segments[n-1]
		if at-last.at <= (at-q.segments[q.head].at)/coarseness {
			last.count += count
			return
		}
	}
	if q.head > 64 && q.head*2 > len(q.segments) {
		q.segments = q.segments[:copy(q.segments, q.segments[q.head:])]
		q.head = 0
	}
	q.segments = append(q.segments, segment{at, count})
}

// pop takes events, the oldest first, and counts how long they waited.
func (q *queue) pop(now, count int64, d *delays) {
	for count > 0 {
		s := &q.segments[q.head]
		n := min(count, s.count)
		d.add(now-s.at, n)
		count -= n
		if s.count -= n; s.count == 0 {
			q.head++
		}
	}
}

// oldest arrival in the queue.
func (q *queue) oldest() (int64, bool) {
	if q.head == len(q.segments) {
		return 0, false
	}
	return q.segments[q.head].at, true
}

// lane is one partition in the simulation.
type lane struct {
	queue
	fresh  int64   // events of this second, which are not in the queue yet
	share  float64 // of the load
	credit float64 // the part of an arrival that is not whole yet
	spare  float64 // the part of an event that is processed
	flight float64 // the part of an event that is not committed

	processed int64
	waiting   int64 // events that are not processed
	flying    bool  // some are processed, and not committed
}

// topic is the simulated topic: its partitions, as the brokers know them and as the
// simulation does.
type topic struct {
	partitions []Partition
	lanes      []lane
	lag        int64 // events that are not committed
}

// newTopic has partitions whose shares of the load fall by a power of their rank, as
// keys do that are not equally frequent; a skew of 0 gives all of them the same.
func newTopic(partitions int, skew float64) *topic {
	t := &topic{partitions: make([]Partition, partitions), lanes: make([]lane, partitions)}
	total := 0.0
	for i := range t.lanes {
		t.lanes[i].share = math.Pow(float64(i+1), -skew)
		total += t.lanes[i].share
	}
	for i := range t.lanes {
		t.lanes[i].share /= total
		// Partitions take turns, instead of all getting an event in the same second.
		t.lanes[i].credit = float64(i) / float64(partitions)
		t.partitions[i] = Partition{ID: int32(i), Committed: None}
	}
	return t
}

// produce adds a second of the load.
func (t *topic) produce(rate float64) int64 {
	total := int64(0)
	for i := range t.lanes {
		l := &t.lanes[i]
		l.credit += rate * l.share
		if l.credit < 1 {
			continue
		}
		l.fresh = int64(l.credit)
		l.credit -= float64(l.fresh)
		l.waiting += l.fresh
		t.partitions[i].End += l.fresh
		total += l.fresh
	}
	t.lag += total
	return total
}

// settle ends a second: what nobody took goes into the queues.
func (t *topic) settle(now int64) {
	for i := range t.lanes {
		if l := &t.lanes[i]; l.fresh > 0 {
			l.push(now, l.fresh)
			l.fresh = 0
		}
	}
}

// behind is how long ago the oldest event that is not processed arrived.
func (t *topic) behind(now int64) int64 {
	most := int64(0)
	for i := range t.lanes {
		if at, waiting := t.lanes[i].oldest(); waiting {
			most = max(most, now-at)
		}
	}
	return most
}
