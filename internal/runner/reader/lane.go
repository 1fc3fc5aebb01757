// SPDX-License-Identifier: Apache-2.0

package reader

import (
	"context"
	"errors"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	// pollMax is the most records that one poll returns.
	pollMax = 4096
	// errorPause follows a poll that brought nothing but errors.
	errorPause = 100 * time.Millisecond
)

// lane is one client, which reads each partition at one place.
type lane struct {
	reader *Reader
	client *kgo.Client
	own    bool // the reader closes it
	ctx    context.Context

	// want is what the lane should read, and changed where that is new. Both are
	// guarded by the reader's mu, as is poke, which ends the current poll.
	want    map[part]*feed
	changed []part
	poke    context.CancelFunc

	// active is what the client reads. Only the lane's goroutine changes it, and
	// only between polls, so that what a poll returns is known to be this feed's.
	active map[part]*feed
}

// set changes what the lane reads of a partition, under the reader's mu.
func (l *lane) set(p part, f *feed) {
	if f == nil {
		delete(l.want, p)
	} else {
		l.want[p] = f
	}
	l.changed = append(l.changed, p)
	l.poke()
}

func (l *lane) run() {
	for l.ctx.Err() == nil {
		poll := l.follow()
		fetches := l.client.PollRecords(poll, pollMax)
		if fetches.IsClientClosed() {
			return
		}
		l.dispatch(fetches)
	}
}

// follow makes the client read what is wanted, and returns the context of a poll
// that ends when something else is.
func (l *lane) follow() context.Context {
	l.reader.mu.Lock()
	defer l.reader.mu.Unlock()
	gone, fresh := map[string][]int32{}, map[string]map[int32]kgo.Offset{}
	for _, p := range l.changed {
		if l.active[p] != nil && l.active[p] != l.want[p] {
			gone[p.topic] = append(gone[p.topic], p.id)
			delete(l.active, p)
		}
		if f := l.want[p]; f != nil && l.active[p] == nil {
			if fresh[p.topic] == nil {
				fresh[p.topic] = map[int32]kgo.Offset{}
			}
			fresh[p.topic][p.id] = kgo.NewOffset().At(f.next.Offset).WithEpoch(f.next.Epoch)
			l.active[p] = f
		}
	}
	l.changed = l.changed[:0]
	l.client.RemoveConsumePartitions(gone)
	l.client.AddConsumePartitions(fresh)
	l.poke() // the context of the last poll
	poll, cancel := context.WithCancel(l.ctx)
	l.poke = cancel
	return poll
}

// dispatch hands what was fetched to the feeds that it is for.
func (l *lane) dispatch(fetches kgo.Fetches) {
	failed, records := false, 0
	for _, f := range fetches {
		for _, t := range f.Topics {
			for _, fetched := range t.Partitions {
				failed = failed || fetched.Err != nil && !errors.Is(fetched.Err, context.Canceled)
				records += len(fetched.Records)
				if feed := l.active[part{t.Topic, fetched.Partition}]; feed != nil {
					l.reader.pass(feed, fetched)
				}
			}
		}
	}
	if failed && records == 0 {
		select {
		case <-time.After(errorPause):
		case <-l.ctx.Done():
		}
	}
}
