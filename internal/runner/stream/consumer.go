// SPDX-License-Identifier: Apache-2.0

package stream

import (
	"context"

	"github.com/twmb/franz-go/pkg/kgo"
)

// A Consumer is the function's membership in its consumer group: it brings the
// records of the partitions that the function is given, and commits offsets.
type Consumer interface {
	// Use names who gets the records. It is called once, before everything else.
	Use(Handler)

	// Run brings records until ctx is done. The function stays in its group,
	// so that it can commit what it has begun.
	Run(ctx context.Context)

	// Commit commits the offsets of partitions.
	Commit(ctx context.Context, offsets map[int32]kgo.EpochOffset) error

	// Pause stops fetching of a partition.
	Pause(id int32)

	// Resume goes on with a partition that was paused, or full.
	Resume(id int32)
}

// A Handler follows the partitions of a consumer.
type Handler interface {
	// Assigned comes before the records of the partitions.
	Assigned(ids []int32)

	// Revoked returns when what has begun on the partitions is finished and
	// committed. None of their records comes after it.
	Revoked(ids []int32)

	// Lost says that the partitions may be another runner's already.
	Lost(ids []int32)

	// Fetched takes records of a partition and its end. It says whether the
	// partition has enough; a consumer that brings no more then goes on with
	// Resume.
	Fetched(id int32, records []*kgo.Record, end int64) (full bool)

	// Report takes what a poll found, for the state of the topic.
	Report(fetches kgo.Fetches)

	// Room waits until there is room for another poll.
	Room(ctx context.Context)
}
