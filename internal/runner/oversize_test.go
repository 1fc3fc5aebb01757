// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/helm-wasm/helm-wasm/internal/guestbuild"
	"github.com/helm-wasm/helm-wasm/internal/runner/onerror"
)

// TestRefusedResult: a result that its topic refuses is its event's failure, with a
// dead letter; small results written at the same time are not affected.
func TestRefusedResult(t *testing.T) {
	t.Parallel()
	b := newBroker(t)
	limit := "2000"
	if _, err := kadm.NewClient(b.client).CreateTopic(context.Background(), 1, 1,
		map[string]*string{"max.message.bytes": &limit}, "strict"); err != nil {
		t.Fatal(err)
	}
	cfg := b.config()
	cfg.Sink.Topic = "strict"
	big := "big " + strings.Repeat("x", 5000)
	values := []string{big}
	for range 50 {
		values = append(values, "small "+strings.Repeat("y", 200))
	}
	b.produce(values...)
	r, stop := start(t, cfg, WithModule(guestbuild.Command(t, mirror)))
	if got := b.read("strict", 50); len(got) != 50 {
		t.Errorf("%d small results", len(got))
	}
	letters := b.read("dead", 1)
	if len(letters) != 1 || string(letters[0].Value) != big {
		t.Fatalf("%d dead letters", len(letters))
	}
	if text := string(header(letters[0], onerror.HeaderError).Value); !strings.Contains(text, `topic "strict" refuses the result`) {
		t.Errorf("the error is %q", text)
	}
	eventually(t, "the sink, which takes other results, does not block",
		func() bool { return r.Health().Ready() && len(r.Health().List()) == 0 })
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if lag := b.lag(); lag != 0 {
		t.Errorf("lag %d after stop", lag)
	}
}
