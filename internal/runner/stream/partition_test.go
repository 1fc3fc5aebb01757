// SPDX-License-Identifier: Apache-2.0

package stream

import (
	"log/slog"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/delivery"
	"github.com/helm-wasm/helm-wasm/internal/runner/health"
	"github.com/helm-wasm/helm-wasm/internal/runner/metrics"
	"github.com/helm-wasm/helm-wasm/internal/runner/onerror"
)

// newStream makes a stream on a broker in this process, with topics in and out.
func newStream(t *testing.T) *Stream {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "in", "out"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	set, quiet := metrics.New(metrics.NewRegistry(), "test", "auto"), slog.New(slog.DiscardHandler)
	own, err := NewOwn("in", kgo.SeedBrokers(cluster.ListenAddrs()...), kgo.ConsumerGroup("g"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(own.Close)
	return New(delivery.Parts{
		Topic: "in", Sink: "out", Policy: &onerror.Policy{Metrics: set, Logger: quiet},
		Metrics: set, Conditions: health.New(nil), Logger: quiet,
	}, own, own.Client, nil)
}

// TestLateResults: what a function makes of an event whose partition has since gone
// is not written: the new owner does that.
func TestLateResults(t *testing.T) {
	s := newStream(t)
	kept, gone := newPartition(0, s.shared, nil, s.writer, s.consumer), newPartition(1, s.shared, nil, s.writer, s.consumer)
	gone.abandon()
	gone.emit(&kgo.Record{Topic: "in"}, []*kgo.Record{{Value: []byte("late")}})
	kept.emit(&kgo.Record{Topic: "in"}, []*kgo.Record{{Value: []byte("in time")}})
	kept.finish(t.Context())
	if err := s.client.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	ends, err := kadm.NewClient(s.client).ListEndOffsets(t.Context(), "out")
	if err != nil {
		t.Fatal(err)
	}
	if end, _ := ends.Lookup("out", 0); end.Offset != 1 {
		t.Errorf("%d results, want the one in time", end.Offset)
	}
	if to, fresh := kept.progress(); !fresh || to.offset.Offset != 1 {
		t.Errorf("progress %v, new: %t", to, fresh)
	}
	if _, fresh := gone.progress(); fresh {
		t.Error("a partition that has gone has something to commit")
	}
}
