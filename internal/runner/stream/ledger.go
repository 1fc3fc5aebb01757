// SPDX-License-Identifier: Apache-2.0

package stream

import "github.com/twmb/franz-go/pkg/kgo"

// ledger keeps account of a partition's events from their beginning to the
// commit of their offsets. Its partition's lock guards it.
type ledger struct {
	inflight []pending // in order of offset
	bytes    int       // of inflight
	base     uint64    // sequence of inflight[0]

	mark      int64 // next offset to commit; -1 before the first
	epoch     int32 // of mark
	committed int64 // offset; -1 before the first

	// Counts of events since assignment: given to the function, done, and
	// covered by a commit.
	begun, done, safe int
}

// pending is an event whose results are not all acknowledged.
type pending struct {
	event *kgo.Record
	left  int // results that are not acknowledged
	size  int // of the event and its results, in bytes
}

// progress is an offset to commit, and how many events since assignment come
// before it.
type progress struct {
	offset kgo.EpochOffset
	done   int
}

func newLedger() ledger { return ledger{mark: -1, committed: -1} }

// add enters an event with the number of its results, and returns its sequence.
func (l *ledger) add(event *kgo.Record, results, size int) uint64 {
	l.inflight = append(l.inflight, pending{event, results, size})
	l.bytes += size
	return l.base + uint64(len(l.inflight)-1)
}

// acknowledge counts one result of an event as written.
func (l *ledger) acknowledge(sequence uint64) { l.inflight[sequence-l.base].left-- }

// advance moves the mark over all leading events that are done, and returns how
// many there are.
func (l *ledger) advance() int {
	n := 0
	for n < len(l.inflight) && l.inflight[n].left == 0 {
		l.bytes -= l.inflight[n].size
		n++
	}
	if n == 0 {
		return 0
	}
	last := l.inflight[n-1].event
	l.mark, l.epoch = last.Offset+1, last.LeaderEpoch
	clear(l.inflight[:n])
	l.inflight = l.inflight[n:]
	l.base += uint64(n)
	l.done += n
	return n
}

// progress returns what to commit, and whether that is new.
func (l *ledger) progress() (progress, bool) {
	return progress{kgo.EpochOffset{Epoch: l.epoch, Offset: l.mark}, l.done}, l.mark > l.committed
}

// commit records that a progress was committed.
func (l *ledger) commit(to progress) {
	l.committed = max(l.committed, to.offset.Offset)
	l.safe = max(l.safe, to.done)
}

// uncommitted returns how many events have begun and are not committed.
func (l *ledger) uncommitted() int { return l.begun - l.safe }
