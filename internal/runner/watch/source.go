// SPDX-License-Identifier: Apache-2.0

package watch

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/broker"
	"github.com/helm-wasm/helm-wasm/internal/runner/health"
)

// A Source decides whether the source topic can be read, from the client's
// fetches and from what the watch finds.
type Source struct {
	Topic      string
	Conditions *health.Conditions
	Patience   time.Duration // how long a failed fetch counts

	mu     sync.Mutex
	fetch  error // of the last fetch
	failed time.Time
	look   error // what the watch found last
}

// Report receives what was polled.
func (s *Source) Report(fetches kgo.Fetches) {
	var failed error
	fetches.EachError(func(_ string, _ int32, err error) {
		if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
			failed = err
		}
	})
	if failed == nil && fetches.NumRecords() == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if failed == nil && s.fetch == nil && s.look == nil {
		return
	}
	s.fetch, s.failed = failed, time.Now()
	if failed == nil {
		s.look = nil // records came, so the topic is there
	}
	s.decide()
}

// Seen receives what the watch found, nil for a topic that can be read. A failed
// fetch is forgotten when none followed within Patience: as long as no event
// comes, nothing else shows that the topic can be read again.
func (s *Source) Seen(problem error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.look = problem
	if s.fetch != nil && time.Since(s.failed) > s.Patience {
		s.fetch = nil
	}
	s.decide()
}

func (s *Source) decide() {
	err := s.look
	if err == nil {
		err = s.fetch
	}
	if err == nil {
		s.Conditions.Clear("source")
		return
	}
	s.Conditions.Block("source", fmt.Sprintf("events of topic %q cannot be read: %s", s.Topic, broker.Explain(err)))
}
