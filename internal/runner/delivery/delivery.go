// SPDX-License-Identifier: Apache-2.0

// Package delivery holds what is common to the two ways of taking events from the
// source topic to the sink. Package stream delivers at least once, package
// transaction exactly once.
package delivery

import (
	"context"
	"log/slog"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/health"
	"github.com/helm-wasm/helm-wasm/internal/runner/metrics"
	"github.com/helm-wasm/helm-wasm/internal/runner/onerror"
	"github.com/helm-wasm/helm-wasm/internal/runner/processor"
	"github.com/helm-wasm/helm-wasm/internal/runner/watch"
)

// Handover is how long a rebalance waits for events that have begun.
const Handover = 20 * time.Second

// A Delivery takes events from the source topic through the function to the
// sink, and commits their offsets.
type Delivery interface {
	// Run works until ctx is done; then it finishes what is in flight and
	// commits it. It returns an error only when a new process must take over.
	Run(ctx context.Context) error

	// Client is the Kafka client that the delivery works with. Whoever made
	// the delivery closes it, after Run.
	Client() *kgo.Client

	// Assignment lists the partitions that the delivery has.
	Assignment() []int32

	// Ends receives the end offsets of partitions, for their lag: while the
	// fetching of a partition is paused, its records do not show them.
	Ends(found map[int32]int64)
}

// Parts are what a delivery works with.
type Parts struct {
	Topic      string // the source
	Sink       Sink
	Processor  *processor.Processor
	Policy     *onerror.Policy
	Source     *watch.Source
	Metrics    *metrics.Set
	Conditions *health.Conditions
	Logger     *slog.Logger
	Grace      time.Duration // how long a stop may take
	Timeout    time.Duration // limits.timeout, of one call of the function
	Joined     func()        // called when partitions are assigned
}
