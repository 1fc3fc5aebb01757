// SPDX-License-Identifier: Apache-2.0

package stream

import (
	"sync/atomic"
	"time"
)

const (
	// queueBytes and queueMax are how much all partitions that make progress may
	// have queued together before polling waits; bytes count keys and values.
	queueBytes = 24 << 20
	queueMax   = 8192
	// StuckAfter is how long a partition may take no record from its queue (its
	// event is slow, or is retried) before it no longer holds up the others: its
	// fetching pauses instead, once it has stuckMax events. Pausing makes the
	// client fetch again what it had, so partitions that make progress do not
	// pause.
	StuckAfter = 500 * time.Millisecond
	stuckMax   = 256
	// OpenMax and OpenShare bound the events that have begun and are not
	// committed, since those come again after a crash: OpenMax for a runner, but
	// no fewer than OpenShare for a partition. Commits keep ahead of it while
	// the brokers answer.
	OpenMax   = 4096
	OpenShare = 1024
	// OpenBytes bounds the events whose results are not written yet, together
	// with these results, as keys, values and headers: a sink that accepts
	// nothing must not fill the memory. A partition may always have
	// openBytesShare.
	OpenBytes      = 24 << 20
	openBytesShare = 256 << 10
)

// budget divides the bounds of the runner among its partitions.
type budget struct{ partitions atomic.Int64 }

// each divides a bound by the number of partitions.
func (b *budget) each(all int) int { return all / int(max(1, b.partitions.Load())) }

// window returns how many events a partition may have begun and not committed.
func (b *budget) window() int { return max(OpenShare, b.each(OpenMax)) }

// queued returns how many bytes a partition may have queued.
func (b *budget) queued() int { return b.each(queueBytes) }

// unwritten returns how many bytes a partition may have begun and not written.
func (b *budget) unwritten() int { return max(openBytesShare, b.each(OpenBytes)) }
