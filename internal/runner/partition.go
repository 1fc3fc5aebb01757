// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	// queueBytes and queueMax are what all partitions that move may hold
	// together before polling waits, bytes counted as keys and values.
	queueBytes = 24 << 20
	queueMax   = 8192
	// A partition that takes nothing for stuckAfter (its event is slow, or is
	// retried) does not hold up the others: its fetching pauses instead, once
	// it has stuckMax events. Pausing makes the client fetch again what it
	// had, so it is not for partitions that move.
	stuckAfter = 500 * time.Millisecond
	stuckMax   = 256
	// What was begun and is not committed comes again after a crash, so it is
	// bounded: openMax events for a runner, but no less than openShare for a
	// partition. Commits keep ahead of it while the brokers answer.
	openMax   = 4096
	openShare = 1024
	// openBytes bounds the same in bytes, as keys, values and headers of
	// events and results that are not written yet: a sink that takes nothing
	// must not fill the memory. A partition may always hold openBytesShare.
	openBytes      = 24 << 20
	openBytesShare = 256 << 10
)

// partition is one assigned partition: a queue, a goroutine that takes from
// it, and the records whose results are not acknowledged yet. It lives from
// assignment to revocation.
type partition struct {
	stream *stream
	id     int32
	stop   context.Context
	cancel context.CancelFunc
	exited chan struct{}

	mu       sync.Mutex
	changed  *sync.Cond // queue or inflight changed, or stop
	queue    []*kgo.Record
	bytes    int
	paused   bool
	taken    time.Time // when records were taken last
	inflight []pending // in order of offset
	open     int       // bytes of inflight
	base     uint64    // sequence of inflight[0]
	first    int64     // offset of the first record since assignment; -1 before it
	mark     int64     // next offset to commit; -1 before the first
	epoch    int32
	commited int64
	end      int64 // high watermark
	// Counts of records since assignment: handed to the function, done, and
	// covered by a commit.
	begun, done, safe int
	lost              bool // acknowledgements no longer count
}

// pending is a record with results under way.
type pending struct {
	record *kgo.Record
	count  int
	size   int // of the record and its results, in bytes
}

func newPartition(s *stream, id int32) *partition {
	p := &partition{stream: s, id: id, exited: make(chan struct{}), first: -1, mark: -1, commited: -1}
	p.changed = sync.NewCond(&p.mu)
	p.stop, p.cancel = context.WithCancel(context.Background())
	context.AfterFunc(p.stop, p.wake)
	go p.run()
	return p
}

// wake makes waiters look again. Without the lock one that is about to wait
// would miss it.
func (p *partition) wake() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.changed.Broadcast()
}

func (p *partition) run() {
	defer close(p.exited)
	for {
		records := p.take()
		if records == nil {
			return
		}
		if p.stream.processor.process(p.stop, records, p.emit) != nil {
			return
		}
	}
}

// push adds fetched records.
func (p *partition) push(records []*kgo.Record, end int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.queue) == 0 {
		p.taken = time.Now()
	}
	for _, r := range records {
		p.bytes += len(r.Key) + len(r.Value)
	}
	if p.first < 0 && len(records) > 0 {
		p.first = records[0].Offset
	}
	p.queue = append(p.queue, records...)
	p.end = max(p.end, end)
	p.changed.Broadcast()
}

// load is what the partition holds, as far as it should hold up polling. A
// partition that is stuck holds up nothing, and pauses instead.
func (p *partition) load() (events, bytes int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.queue) == 0 || time.Since(p.taken) < stuckAfter {
		return len(p.queue), p.bytes
	}
	if !p.paused && (len(p.queue) > stuckMax || p.bytes > p.stream.share()) {
		p.paused = true
		p.stream.client.PauseFetchPartitions(p.name())
	}
	return 0, 0
}

// take waits for records and returns all there are. It returns nil on stop.
func (p *partition) take() []*kgo.Record {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := min(len(p.queue), chunkMax)
	for p.stop.Err() == nil && (n == 0 || p.begun-p.safe+n > p.stream.window() || p.open > 0 && p.open >= p.stream.openBytes()) {
		p.changed.Wait()
		n = min(len(p.queue), chunkMax)
	}
	if p.stop.Err() != nil {
		return nil
	}
	p.begun += n
	records := p.queue[:n:n]
	p.queue = p.queue[n:]
	for _, r := range records {
		p.bytes -= len(r.Key) + len(r.Value)
	}
	p.taken = time.Now()
	p.stream.wakePoll()
	if p.paused && len(p.queue) <= stuckMax/2 && p.bytes <= p.stream.share()/2 {
		p.paused = false
		p.stream.client.ResumeFetchPartitions(p.name())
	}
	return records
}

func (p *partition) name() map[string][]int32 {
	return map[string][]int32{p.stream.processor.Source.Topic: {p.id}}
}

// emit produces a record's outputs; the record is done when all of them are
// acknowledged. It waits while too many bytes are not. Once the partition has
// gone, another runner has the record, and what this one made of it is void.
func (p *partition) emit(record *kgo.Record, outputs []*kgo.Record) {
	outputs = p.stream.processor.route(outputs)
	size := sizeOf(record)
	for _, out := range outputs {
		size += sizeOf(out)
	}
	p.mu.Lock()
	for !p.lost && p.open > 0 && p.open+size > p.stream.openBytes() {
		p.changed.Wait()
	}
	if p.lost {
		p.mu.Unlock()
		return
	}
	sequence := p.base + uint64(len(p.inflight))
	p.inflight = append(p.inflight, pending{record, len(outputs), size})
	p.open += size
	if len(outputs) == 0 {
		p.advance()
	}
	p.mu.Unlock()
	for _, out := range outputs {
		p.stream.produce(out, result{partition: p, sequence: sequence, record: record})
	}
}

// acknowledge counts one output of a record as written.
func (p *partition) acknowledge(sequence uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lost {
		return
	}
	p.inflight[sequence-p.base].count--
	p.advance()
}

// advance moves the mark over all leading records that are done.
func (p *partition) advance() {
	n := 0
	for n < len(p.inflight) && p.inflight[n].count == 0 {
		n++
	}
	if n == 0 {
		return
	}
	for _, done := range p.inflight[:n] {
		p.open -= done.size
	}
	last := p.inflight[n-1].record
	p.mark, p.epoch = last.Offset+1, last.LeaderEpoch
	clear(p.inflight[:n])
	p.inflight = p.inflight[n:]
	p.base += uint64(n)
	p.done += n
	if p.stream.finished.Add(int64(n)) >= commitEvents || p.done-p.safe >= p.stream.window()/2 {
		p.stream.commitSoon()
	}
	p.changed.Broadcast()
}

// progress is what to commit, and whether there is anything.
func (p *partition) progress() (progress, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return progress{kgo.EpochOffset{Epoch: p.epoch, Offset: p.mark}, p.done}, !p.lost && p.mark > p.commited
}

// progress of a partition: the offset to commit, and how many records since
// assignment lie before it.
type progress struct {
	offset kgo.EpochOffset
	done   int
}

// committed makes room for further records.
func (p *partition) committed(to progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.commited = max(p.commited, to.offset.Offset)
	p.safe = max(p.safe, to.done)
	p.changed.Broadcast()
}

// finish stops taking records and waits until what was begun is written, or
// until ctx is done. Afterwards nothing of this partition counts any more.
func (p *partition) finish(ctx context.Context) {
	p.cancel()
	select {
	case <-p.exited:
	case <-ctx.Done():
	}
	defer context.AfterFunc(ctx, p.wake)()
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.inflight) > 0 && ctx.Err() == nil {
		p.changed.Wait()
	}
}

// abandon makes later acknowledgements void. It says whether fetching was paused.
func (p *partition) abandon() (paused bool) {
	p.cancel()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lost = true
	p.queue = nil
	p.changed.Broadcast()
	return p.paused
}

// ends moves the partition's known end: while its fetching is paused, no
// fetched record does.
func (p *partition) ends(end int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end = max(p.end, end)
}

// state is for metrics.
func (p *partition) state() (queued, inflight int, lag int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if at := max(p.first, p.mark); at >= 0 {
		lag = max(0, p.end-at)
	}
	return len(p.queue), len(p.inflight), lag
}

// sizeOf is what a record holds, about.
func sizeOf(r *kgo.Record) int {
	n := len(r.Key) + len(r.Value)
	for i := range r.Headers {
		n += len(r.Headers[i].Key) + len(r.Headers[i].Value)
	}
	return n
}
