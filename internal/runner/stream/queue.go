// SPDX-License-Identifier: Apache-2.0

package stream

import "sync/atomic"

const (
	// aheadEvents and aheadBytes are how much a partition may have queued when
	// other functions share its client: it then waits alone.
	aheadEvents = 1024
	aheadBytes  = 1 << 20
	// Once all of them have hostBytes queued, each may have shareBytes.
	hostBytes  = 32 << 20
	shareBytes = 64 << 10
)

// Queue bounds what is queued where many functions share one client. Polls must
// not wait there, since one slow function would hold up all: partitions do.
type Queue struct{ bytes atomic.Int64 }

// add counts bytes that were queued, or taken.
func (q *Queue) add(n int) {
	if q != nil {
		q.bytes.Add(int64(n))
	}
}

// full says that a partition with that much queued takes no more.
func (q *Queue) full(events, bytes int) bool {
	return q != nil && (events >= aheadEvents || bytes >= aheadBytes || bytes >= shareBytes && q.bytes.Load() >= hostBytes)
}

// low says that a partition that was full takes records again.
func (q *Queue) low(events, bytes int) bool {
	return events <= aheadEvents/2 && bytes <= aheadBytes/2 && (bytes <= shareBytes/2 || q.bytes.Load() < hostBytes)
}
