// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/guestbuild"
	"github.com/helm-wasm/helm-wasm/internal/runner/stream"
)

// TestOpenBytes: while a sink accepts nothing, what waits for it is bounded in
// bytes, and all of it arrives once it does.
func TestOpenBytes(t *testing.T) {
	t.Parallel()
	b := newBroker(t)
	const events, size = 900, 100_000 // 90 MB
	value := bytes.Repeat([]byte("x "), size/2)
	for i := range events {
		b.client.Produce(context.Background(), &kgo.Record{Topic: "in", Key: fmt.Append(nil, i), Value: value}, nil)
	}
	if err := b.client.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	cfg := b.config()
	cfg.Sink.Topic, cfg.OnError.MaxBackoff = "later", "200ms"
	r, stop := start(t, cfg, WithModule(guestbuild.Command(t, mirror)))
	processed := func() (n int) {
		_, _ = fmt.Sscanf(metric(r, `wasm_runner_events_total{function="test",outcome="processed"}`),
			`wasm_runner_events_total{function="test",outcome="processed"} %d`, &n)
		return n
	}
	last := -1
	eventually(t, "work stops", func() bool {
		now := processed()
		same := now > 0 && now == last
		last = now
		time.Sleep(300 * time.Millisecond) // too short a time only makes this test miss a fault
		return same
	})
	// An event is held with its result; one more may be at hand for each partition.
	if most := stream.OpenBytes/(2*size) + 4; last > most {
		t.Errorf("%d events wait for the sink, more than %d", last, most)
	}
	b.create("later")
	eventually(t, "all results written", func() bool { return b.end("later") == events })
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if lag := b.lag(); lag != 0 {
		t.Errorf("lag %d after stop", lag)
	}
}
