// SPDX-License-Identifier: Apache-2.0

package stream

import (
	"context"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/helm-wasm/helm-wasm/internal/runner/offsets"
)

// pollMax is the most records that one poll returns.
const pollMax = 4096

// Own is a consumer with a client of its own, which is the member of the group.
type Own struct {
	*kgo.Client
	topic   string
	handler Handler
}

// NewOwn makes one from options that name the group and no topic: it joins with
// its client's first topic.
func NewOwn(topic string, opts ...kgo.Opt) (*Own, error) {
	o := &Own{topic: topic}
	each := func(then func(Handler, []int32)) func(context.Context, *kgo.Client, map[string][]int32) {
		return func(_ context.Context, _ *kgo.Client, topics map[string][]int32) {
			if ids := topics[topic]; len(ids) > 0 {
				then(o.handler, ids)
			}
		}
	}
	client, err := kgo.NewClient(append(opts,
		kgo.DisableAutoCommit(),
		kgo.BlockRebalanceOnPoll(),
		kgo.OnPartitionsAssigned(each(Handler.Assigned)),
		kgo.OnPartitionsRevoked(each(Handler.Revoked)),
		kgo.OnPartitionsLost(each(Handler.Lost)),
	)...)
	if err != nil {
		return nil, err
	}
	o.Client = client
	return o, nil
}

// Use names who gets the records.
func (o *Own) Use(handler Handler) { o.handler = handler }

// Run polls until ctx is done.
func (o *Own) Run(ctx context.Context) {
	for {
		o.handler.Room(ctx)
		fetches := o.PollRecords(ctx, pollMax)
		if ctx.Err() != nil || fetches.IsClientClosed() {
			o.AllowRebalance()
			return
		}
		o.handler.Report(fetches)
		fetches.EachPartition(func(f kgo.FetchTopicPartition) {
			if len(f.Records) > 0 {
				o.handler.Fetched(f.Partition, f.Records, f.HighWatermark)
			}
		})
		o.AllowRebalance()
	}
}

// Commit commits the offsets of partitions.
func (o *Own) Commit(ctx context.Context, fresh map[int32]kgo.EpochOffset) (failed error) {
	o.CommitOffsetsSync(ctx, map[string]map[int32]kgo.EpochOffset{o.topic: fresh},
		func(_ *kgo.Client, _ *kmsg.OffsetCommitRequest, response *kmsg.OffsetCommitResponse, err error) {
			if failed = err; err == nil {
				failed = offsets.CommitError(response)
			}
		})
	return failed
}

// Pause stops fetching of a partition.
func (o *Own) Pause(id int32) { o.PauseFetchPartitions(map[string][]int32{o.topic: {id}}) }

// Resume goes on with a partition that was paused.
func (o *Own) Resume(id int32) { o.ResumeFetchPartitions(map[string][]int32{o.topic: {id}}) }
