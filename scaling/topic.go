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

// pop takes events, the oldest first, and says of each part when it arrived.
func (q *queue) pop(count int64, took func(at, count int64)) {
	for count > 0 && q.head < len(q.segments) {
		s := &q.segments[q.head]
		n := min(count, s.count)
		took(s.at, n)
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
	share  float64 // of the load
	credit float64 // the part of an arrival that is not whole yet
	spare  float64 // the part of an event that is processed

	processed int64
}

// topic is the simulated topic: its partitions, as the brokers know them and as the
// simulation does.
type topic struct {
	partitions []Partition
	lanes      []lane
}

// newTopic has partitions whose shares of the load fall by a power of their rank, as
// keys do that are not equally frequent; a skew of 0 gives all of them the same.
func newTopic(partitions int, skew float64) *topic {
	t := &topic{make([]Partition, partitions), make([]lane, partitions)}
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
func (t *topic) produce(now int64, rate float64) int64 {
	total := int64(0)
	for i := range t.lanes {
		l := &t.lanes[i]
		l.credit += rate * l.share
		if l.credit < 1 {
			continue
		}
		n := int64(l.credit)
		l.credit -= float64(n)
		l.push(now, n)
		t.partitions[i].End += n
		total += n
	}
	return total
}

// lag is the number of events that are not committed.
func (t *topic) lag() int64 {
	total := int64(0)
	for i := range t.partitions {
		p := &t.partitions[i]
		total += p.End - max(0, p.Committed)
	}
	return total
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
