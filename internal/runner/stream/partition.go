// SPDX-License-Identifier: Apache-2.0

package stream

import (
	"context"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/processor"
	"github.com/helm-wasm/helm-wasm/internal/runner/record"
)

// process runs events through the function: processor.Processor.Process.
type process func(stop context.Context, records []*kgo.Record, emit processor.Emit) error

// fetching is what a partition does with its consumer.
type fetching interface {
	Pause(id int32)
	Resume(id int32)
}

// partition is one assigned partition: a queue, a goroutine that takes from it,
// and the events whose results are not acknowledged yet. It lives from
// assignment to revocation.
type partition struct {
	id       int32
	shared   *shared
	process  process
	writer   *writer
	fetching fetching
	stop     context.Context
	cancel   context.CancelFunc
	exited   chan struct{}

	mu      sync.Mutex
	changed *sync.Cond // queue, ledger or lost changed, or stop
	queue   []*kgo.Record
	bytes   int // of queue, as keys and values
	paused  bool
	full    bool      // the consumer waits for Resume
	taken   time.Time // when records were taken last
	ledger  ledger
	first   int64 // offset of the first record since assignment; -1 before it
	end     int64 // high watermark
	lost    bool  // acknowledgements no longer count
}

// newPartition starts work on a partition.
func newPartition(id int32, shared *shared, process process, writer *writer, fetching fetching) *partition {
	p := &partition{
		id: id, shared: shared, process: process, writer: writer, fetching: fetching,
		exited: make(chan struct{}), first: -1, ledger: newLedger(),
	}
	p.changed = sync.NewCond(&p.mu)
	p.stop, p.cancel = context.WithCancel(context.Background())
	context.AfterFunc(p.stop, p.wake)
	go p.run()
	return p
}

// wake makes waiters look again. It takes the lock so that one that is about to
// wait does not miss it.
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
		if p.process(p.stop, records, p.emit) != nil {
			return
		}
	}
}

// push adds fetched records, and says whether the partition has enough.
func (p *partition) push(records []*kgo.Record, end int64) (full bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lost {
		return false
	}
	if len(p.queue) == 0 {
		p.taken = time.Now()
	}
	bytes := 0
	for _, r := range records {
		bytes += len(r.Key) + len(r.Value)
	}
	p.queued(bytes)
	if p.first < 0 && len(records) > 0 {
		p.first = records[0].Offset
	}
	p.queue = append(p.queue, records...)
	p.end = max(p.end, end)
	p.changed.Broadcast()
	p.full = p.shared.queue.full(len(p.queue), p.bytes)
	return p.full
}

// queued counts bytes that came into the queue, or left it, under mu.
func (p *partition) queued(bytes int) {
	p.bytes += bytes
	p.shared.queue.add(bytes)
}

// load returns how much the partition has queued, as far as that should hold up
// polling. A partition that is stuck holds up nothing, and pauses instead.
func (p *partition) load() (events, bytes int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lost {
		return 0, 0
	}
	if len(p.queue) == 0 || time.Since(p.taken) < StuckAfter {
		return len(p.queue), p.bytes
	}
	if !p.paused && (len(p.queue) > stuckMax || p.bytes > p.shared.budget.queued()) {
		p.paused = true
		p.fetching.Pause(p.id)
	}
	return 0, 0
}

// take waits for records and returns as many as the function gets together. It
// returns nil on stop.
func (p *partition) take() []*kgo.Record {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := min(len(p.queue), processor.ChunkMax)
	for p.stop.Err() == nil && (n == 0 || p.ahead(n)) {
		p.changed.Wait()
		n = min(len(p.queue), processor.ChunkMax)
	}
	if p.stop.Err() != nil {
		return nil
	}
	p.ledger.begun += n
	records := p.queue[:n:n]
	p.queue = p.queue[n:]
	bytes := 0
	for _, r := range records {
		bytes += len(r.Key) + len(r.Value)
	}
	p.queued(-bytes)
	p.taken = time.Now()
	p.shared.taken.raise()
	if p.paused && len(p.queue) <= stuckMax/2 && p.bytes <= p.shared.budget.queued()/2 {
		p.paused = false
		p.fetching.Resume(p.id)
	}
	if p.full && p.shared.queue.low(len(p.queue), p.bytes) {
		p.full = false
		p.fetching.Resume(p.id)
	}
	return records
}

// ahead reports whether n more events must wait for commits or for results to be written.
func (p *partition) ahead(n int) bool {
	return p.ledger.uncommitted()+n > p.shared.budget.window() ||
		p.ledger.bytes > 0 && p.ledger.bytes >= p.shared.budget.unwritten()
}

// emit writes an event's results; the event is done when all of them are
// acknowledged. It waits while too many bytes are not. Once the partition has
// gone, another runner has the event, and what this one made of it is void.
func (p *partition) emit(event *kgo.Record, outputs []*kgo.Record) {
	outputs = p.writer.sink.Route(outputs)
	size := record.Size(event)
	for _, out := range outputs {
		size += record.Size(out)
	}
	p.mu.Lock()
	for !p.lost && p.ledger.bytes > 0 && p.ledger.bytes+size > p.shared.budget.unwritten() {
		p.changed.Wait()
	}
	if p.lost {
		p.mu.Unlock()
		return
	}
	sequence := p.ledger.add(event, len(outputs), size)
	if len(outputs) == 0 {
		p.advance()
	}
	p.mu.Unlock()
	for _, out := range outputs {
		p.writer.write(out, origin{owner: p, sequence: sequence, event: event})
	}
}

// acknowledge counts one result of an event as written.
func (p *partition) acknowledge(sequence uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lost {
		return
	}
	p.ledger.acknowledge(sequence)
	p.advance()
}

// advance follows an acknowledgement. mu is locked.
func (p *partition) advance() {
	n := p.ledger.advance()
	if n == 0 {
		return
	}
	if p.shared.finished.Add(int64(n)) >= commitEvents || p.ledger.done-p.ledger.safe >= p.shared.budget.window()/2 {
		p.shared.commit.raise()
	}
	p.changed.Broadcast()
}

// progress returns what to commit, and whether there is anything.
func (p *partition) progress() (progress, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	to, fresh := p.ledger.progress()
	return to, fresh && !p.lost
}

// committed makes room for further events.
func (p *partition) committed(to progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ledger.commit(to)
	p.changed.Broadcast()
}

// finish stops taking records and waits until what has begun is written, or until
// ctx is done.
func (p *partition) finish(ctx context.Context) {
	p.cancel()
	select {
	case <-p.exited:
	case <-ctx.Done():
	}
	defer context.AfterFunc(ctx, p.wake)()
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.ledger.inflight) > 0 && !p.lost && ctx.Err() == nil {
		p.changed.Wait()
	}
}

// abandon makes later acknowledgements void, and resumes fetching.
func (p *partition) abandon() {
	p.cancel()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lost = true
	p.queue = nil
	p.queued(-p.bytes)
	p.changed.Broadcast()
	if p.paused {
		p.fetching.Resume(p.id)
	}
}

// gone reports whether another runner has the partition's events, or may have them.
func (p *partition) gone() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lost
}

// ends moves the partition's known end.
func (p *partition) ends(end int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end = max(p.end, end)
}

// state returns what metrics show.
func (p *partition) state() (queued, inflight int, lag int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if at := max(p.first, p.ledger.mark); at >= 0 {
		lag = max(0, p.end-at)
	}
	return len(p.queue), len(p.ledger.inflight), lag
}
