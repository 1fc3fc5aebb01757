// SPDX-License-Identifier: Apache-2.0

package watch

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/health"
)

// TestSource: a fetch that fails shows at once. It is forgotten when nothing
// fails any more, whether events come or not.
func TestSource(t *testing.T) {
	conditions := health.New(nil)
	s := &Source{Topic: "in", Conditions: conditions, Patience: time.Hour}
	failed := kgo.NewErrFetch(errors.New("no such luck"))
	s.Report(failed)
	s.Seen(nil)
	if list := conditions.List(); len(list) != 1 || list[0].Name != "source" || !list[0].Blocks {
		t.Errorf("a fetch that failed just now is forgotten: %v", list)
	}
	s.Patience = -1 // however recently it failed, that is long ago
	s.Seen(nil)
	if !conditions.Ready() {
		t.Error("a fetch that failed long ago is not forgotten")
	}
	s.Report(failed)
	s.Report(kgo.Fetches{{Topics: []kgo.FetchTopic{{Topic: "in", Partitions: []kgo.FetchPartition{{Records: []*kgo.Record{{}}}}}}}})
	if !conditions.Ready() {
		t.Error("records came, and the source still blocks")
	}
	s.Report(kgo.NewErrFetch(context.DeadlineExceeded))
	if !conditions.Ready() {
		t.Error("the end of a poll's time counts as a failure")
	}
	s.Seen(errors.New("gone"))
	if conditions.Ready() {
		t.Error("the watch cannot find the topic, and the source does not block")
	}
}
