// SPDX-License-Identifier: Apache-2.0

package stream

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
)

// TestLedgerKeepsOrder: the offset to commit passes an event only when all
// results of it and of all events before it are written.
func TestLedgerKeepsOrder(t *testing.T) {
	l := newLedger()
	var sequences []uint64
	for i, results := range []int{1, 2, 0, 1} {
		l.begun++
		sequences = append(sequences, l.add(&kgo.Record{Offset: int64(10 + i)}, results, 100))
	}
	step := func(what string, acknowledged uint64, done int, mark int64) {
		t.Helper()
		l.acknowledge(acknowledged)
		if n := l.advance(); n != done || l.mark != mark {
			t.Errorf("%s: %d done, mark %d; want %d and %d", what, n, l.mark, done, mark)
		}
	}
	if n := l.advance(); n != 0 || l.mark != -1 {
		t.Fatalf("nothing is written: %d done, mark %d", n, l.mark)
	}
	step("the last event", sequences[3], 0, -1)
	step("the first event", sequences[0], 1, 11)
	step("half of the second", sequences[1], 0, 11)
	to, fresh := l.progress()
	if !fresh || to.offset.Offset != 11 || to.done != 1 || l.uncommitted() != 4 {
		t.Errorf("progress %+v, new: %t, %d uncommitted", to, fresh, l.uncommitted())
	}
	l.commit(to)
	if _, fresh := l.progress(); fresh || l.uncommitted() != 3 {
		t.Errorf("after the commit: new: %t, %d uncommitted", fresh, l.uncommitted())
	}
	step("the rest of the second", sequences[1], 3, 14)
	if l.bytes != 0 || len(l.inflight) != 0 {
		t.Errorf("%d bytes, %d events left", l.bytes, len(l.inflight))
	}
}
