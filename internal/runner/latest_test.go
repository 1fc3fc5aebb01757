// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/helm-wasm/helm-wasm/internal/guestbuild"
)

// TestLatest: the start at the end of a topic is committed before any event, so that
// the lag is defined, and what comes while no runner is there is not lost.
func TestLatest(t *testing.T) {
	for _, delivery := range deliveries {
		t.Run(delivery, func(t *testing.T) {
			t.Parallel()
			b := newBroker(t)
			b.produce("drop", "drop", "old")
			cfg := b.config()
			cfg.Source.OffsetResetPolicy, cfg.Delivery = "latest", delivery
			module := WithModule(guestbuild.Command(t, mirror))
			_, stop := start(t, cfg, module)
			admin := kadm.NewClient(b.client)
			eventually(t, "offsets of all partitions committed at their ends", func() bool {
				committed, err := admin.FetchOffsets(context.Background(), "g")
				if err != nil {
					return false // the group is not there yet
				}
				ends, err := admin.ListEndOffsets(context.Background(), "in")
				if err != nil {
					t.Fatal(err)
				}
				same := 0
				ends.Each(func(end kadm.ListedOffset) {
					if c, ok := committed.Lookup("in", end.Partition); ok && c.At == end.Offset {
						same++
					}
				})
				return same == 4
			})
			if err := stop(); err != nil {
				t.Fatal(err)
			}
			b.produce("while away")
			start(t, cfg, module)
			if got := b.read("out", 1); string(got[0].Value) != "while away" {
				t.Errorf("got %q", got[0].Value)
			}
		})
	}
}
