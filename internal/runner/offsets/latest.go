// SPDX-License-Identifier: Apache-2.0

package offsets

import (
	"context"
	"log/slog"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Latest decides where a group with offsetResetPolicy latest begins: at the end
// of each partition when it is assigned for the first time. It commits that
// place at once. Without a commit KEDA would see a lag of one event per
// partition forever, and events that arrive while no replica runs would be lost.
type Latest struct {
	topic  string
	logger *slog.Logger
	client *kgo.Client
	known  chan struct{} // closed when client is set
}

// NewLatest returns a Latest for a topic. Pass Adjust to the client's options, and
// the client to Use.
func NewLatest(topic string, logger *slog.Logger) *Latest {
	return &Latest{topic: topic, logger: logger, known: make(chan struct{})}
}

// Use sets the client whose options have Adjust. Call it once.
func (l *Latest) Use(client *kgo.Client) {
	l.client = client
	close(l.known)
}

// Adjust is for kgo.AdjustFetchOffsetsFn.
func (l *Latest) Adjust(ctx context.Context, offsets map[string]map[int32]kgo.Offset) (map[string]map[int32]kgo.Offset, error) {
	select {
	case <-l.known:
	case <-ctx.Done():
		return offsets, ctx.Err()
	}
	var fresh []int32
	for id, offset := range offsets[l.topic] {
		if offset.EpochOffset().Offset == AtEnd {
			fresh = append(fresh, id)
		}
	}
	if len(fresh) == 0 {
		return offsets, nil
	}
	ends, err := kadm.NewClient(l.client).ListCommittedOffsets(ctx, l.topic)
	if err != nil {
		l.failed(err)
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

func (l *Latest) committed(_ *kgo.Client, _ *kmsg.OffsetCommitRequest, response *kmsg.OffsetCommitResponse, err error) {
	if err == nil {
		err = CommitError(response)
	}
	if err != nil {
		l.failed(err)
	}
}

func (l *Latest) failed(err error) {
	l.logger.Warn("cannot commit the start at the end of the topic", "error", err.Error())
}
