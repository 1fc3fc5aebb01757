// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"log/slog"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// latest is where a group with offsetResetPolicy latest begins: at the end of
// each partition when it is assigned for the first time. That place is
// committed at once. Without a commit KEDA sees a lag of one event per
// partition for ever, and events that come while no replica runs are lost.
type latest struct {
	topic  string
	logger *slog.Logger
	client *kgo.Client
	known  chan struct{} // closed when client is set
}

// use gives the client that the option was for.
func (l *latest) use(client *kgo.Client) {
	l.client = client
	close(l.known)
}

// adjust is for kgo.AdjustFetchOffsetsFn.
func (l *latest) adjust(ctx context.Context, offsets map[string]map[int32]kgo.Offset) (map[string]map[int32]kgo.Offset, error) {
	select {
	case <-l.known:
	case <-ctx.Done():
		return offsets, ctx.Err()
	}
	var fresh []int32
	for id, offset := range offsets[l.topic] {
		if offset.EpochOffset().Offset == atEnd {
			fresh = append(fresh, id)
		}
	}
	if len(fresh) == 0 {
		return offsets, nil
	}
	ends, err := kadm.NewClient(l.client).ListCommittedOffsets(ctx, l.topic)
	if err != nil {
		l.logger.Warn("the start at the topic's end is not committed", "error", err.Error())
		return offsets, nil
	}
	starts := map[int32]kgo.EpochOffset{}
	for _, id := range fresh {
		end, ok := ends.Lookup(l.topic, id)
		if !ok || end.Err != nil {
			continue
		}
		starts[id] = kgo.EpochOffset{Epoch: -1, Offset: end.Offset}
		offsets[l.topic][id] = kgo.NewOffset().At(end.Offset)
	}
	l.client.CommitOffsetsSync(ctx, map[string]map[int32]kgo.EpochOffset{l.topic: starts}, l.committed)
	return offsets, nil
}

// atEnd is how the client writes the end of a partition.
const atEnd = -1

func (l *latest) committed(_ *kgo.Client, _ *kmsg.OffsetCommitRequest, response *kmsg.OffsetCommitResponse, err error) {
	if err == nil {
		err = commitError(response)
	}
	if err != nil {
		l.logger.Warn("the start at the topic's end is not committed", "error", err.Error())
	}
}

// commitError is the last error of a partition in the response.
func commitError(response *kmsg.OffsetCommitResponse) (failed error) {
	for _, topic := range response.Topics {
		for _, p := range topic.Partitions {
			if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
				failed = err
			}
		}
	}
	return failed
}
