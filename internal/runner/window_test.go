// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/helm-wasm/helm-wasm/internal/guestbuild"
	"github.com/helm-wasm/helm-wasm/internal/runner/stream"
)

// TestWindow: while offsets cannot be committed, work stops at what may be
// repeated, readiness says why, and all goes on when they can.
func TestWindow(t *testing.T) {
	t.Parallel()
	b := newBroker(t)
	var refuse atomic.Bool
	refuse.Store(true)
	b.cluster.ControlKey(int16(kmsg.OffsetCommit), func(request kmsg.Request) (kmsg.Response, error, bool) {
		b.cluster.KeepControl()
		if !refuse.Load() {
			return nil, nil, false
		}
		commit := request.(*kmsg.OffsetCommitRequest)
		response := commit.ResponseKind().(*kmsg.OffsetCommitResponse)
		for _, topic := range commit.Topics {
			to := kmsg.NewOffsetCommitResponseTopic()
			to.Topic, to.TopicID = topic.Topic, topic.TopicID
			for _, p := range topic.Partitions {
				to.Partitions = append(to.Partitions,
					kmsg.OffsetCommitResponseTopicPartition{Partition: p.Partition, ErrorCode: kerr.RebalanceInProgress.Code})
			}
			response.Topics = append(response.Topics, to)
		}
		return response, nil, true
	})
	const events, partitions = 12_000, 4
	for i := range events {
		b.client.Produce(context.Background(), &kgo.Record{Topic: "in", Key: fmt.Append(nil, i), Value: fmt.Append(nil, "event ", i)}, nil)
	}
	if err := b.client.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	admin := kadm.NewClient(b.client)
	written := func() (sum int64) {
		ends, err := admin.ListEndOffsets(context.Background(), "out")
		if err != nil {
			t.Fatal(err)
		}
		ends.Each(func(o kadm.ListedOffset) { sum += o.Offset })
		return sum
	}
	r, stop := start(t, b.config(), WithModule(guestbuild.Command(t, mirror)))
	eventually(t, "readiness says that offsets are not committed", func() bool {
		list := r.Health().List()
		return len(list) == 1 && list[0].Name == "offsets" && !r.Health().Ready()
	})
	if n := written(); n == 0 || n > partitions*max(stream.OpenShare, stream.OpenMax/partitions) {
		t.Errorf("%d events are written and not committed", n)
	}
	refuse.Store(false)
	eventually(t, "all events written", func() bool { return written() == events })
	eventually(t, "ready again", r.Health().Ready)
	eventually(t, "all events committed", func() bool { return b.lag() == 0 })
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if n, lag := written(), b.lag(); n != events || lag != 0 {
		t.Errorf("%d results of %d events, lag %d", n, events, lag)
	}
}
