// SPDX-License-Identifier: Apache-2.0

package stream

import "sync/atomic"

// shared is what the partitions of a stream have in common.
type shared struct {
	queue    *Queue // nil with a client of its own
	budget   budget
	taken    signal       // records left a queue: polling may go on
	commit   signal       // a commit is due before the interval is over
	finished atomic.Int64 // events since the last commit
}

func newShared(queue *Queue) *shared {
	return &shared{queue: queue, taken: make(signal, 1), commit: make(signal, 1)}
}

// signal wakes one waiter; signals that nobody has seen yet are one.
type signal chan struct{}

func (s signal) raise() {
	select {
	case s <- struct{}{}:
	default:
	}
}
