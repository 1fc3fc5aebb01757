// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/runner/batchsize"
	"github.com/helm-wasm/helm-wasm/internal/runner/delivery"
	"github.com/helm-wasm/helm-wasm/internal/runner/health"
	"github.com/helm-wasm/helm-wasm/internal/runner/metrics"
	"github.com/helm-wasm/helm-wasm/internal/runner/onerror"
	"github.com/helm-wasm/helm-wasm/internal/runner/processor"
	"github.com/helm-wasm/helm-wasm/internal/runner/settings"
	"github.com/helm-wasm/helm-wasm/internal/runner/sleep"
	"github.com/helm-wasm/helm-wasm/internal/runner/tracing"
	"github.com/helm-wasm/helm-wasm/internal/runner/watch"
	"github.com/helm-wasm/helm-wasm/internal/runner/workers"
)

// A Runner takes one function's events from its topic to its sink.
type Runner struct {
	host       *Host                          // nil in a process of its own
	sleeper    atomic.Pointer[sleep.Function] // in a host, once it is loaded
	share      *workers.Share                 // of a host's workers
	kind       string                         // ABI, once that is decided
	settings   settings.Settings
	options    options
	logger     *slog.Logger
	metrics    *metrics.Set
	conditions *health.Conditions
}

// New checks the configuration. It starts nothing.
func New(cfg contract.RunnerConfig, opts ...Option) (*Runner, error) {
	s, err := settings.Resolve(cfg)
	if err != nil {
		return nil, fmt.Errorf("checking configuration: %w", err)
	}
	return newRunner(s, makeOptions(opts), metrics.New(metrics.NewRegistry(), s.Name, s.ABI)), nil
}

func newRunner(s settings.Settings, o options, set *metrics.Set) *Runner {
	o.logger = o.logger.With("function", s.Name)
	r := &Runner{settings: s, options: o, logger: o.logger, metrics: set}
	r.conditions = health.New(o.logger)
	r.conditions.Block("start", "the function is not consuming yet")
	return r
}

// Metrics returns the metrics of this runner.
func (r *Runner) Metrics() *metrics.Set { return r.metrics }

// Health returns the health of this runner.
func (r *Runner) Health() *health.Conditions { return r.conditions }

// Run works until ctx is done, then finishes what is in flight, commits and
// leaves the group. It returns an error only when waiting does not help: the
// module cannot run, or the brokers refuse the credentials.
func (r *Runner) Run(ctx context.Context) error {
	admin, err := serveAdmin(r.options.adminHost, r.settings.AdminPort, r.Handler())
	if err != nil {
		return err
	}
	defer admin.close()
	return r.run(ctx)
}

// run is Run within the process.
func (r *Runner) run(ctx context.Context) error {
	trace, err := tracing.New(ctx, r.settings.Name, r.options.getenv)
	if err != nil {
		return err
	}
	defer trace.Close()
	sizes := r.sizes()
	policy := r.policy(sizes)
	events := processor.New(processor.Config{
		Slots: r.settings.Concurrency(), Policy: policy, Metrics: r.metrics, Conditions: r.conditions,
		Logger: r.logger, Trace: trace, Began: r.options.began, Share: r.share,
	})
	source := &watch.Source{Topic: r.settings.Source.Topic, Conditions: r.conditions, Patience: 2 * r.options.watch}
	work, leave, err := r.deliver(delivery.Parts{
		Topic: r.settings.Source.Topic, Sink: delivery.Sink(r.settings.Sink.Topic), Processor: events, Policy: policy,
		Source: source, Metrics: r.metrics, Conditions: r.conditions, Logger: r.logger,
		Grace: r.options.grace, Timeout: r.settings.Bounds.Timeout, Joined: func() { r.metrics.Phase("assigned", r.options.began) },
	}, sizes)
	if err != nil {
		return fmt.Errorf("configuring the Kafka client: %w", err)
	}
	defer leave()
	client := work.Client()
	look := &watch.Watch{
		Client: client, Source: source, Conditions: r.conditions, Interval: r.options.watch, Limit: watch.Limit,
		Assignment: work.Assignment, Ends: work.Ends,
	}

	failed, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	// The client connects while the module loads. It joins the group only when both
	// are ready: a runner that cannot work would hold up the partitions it is given.
	known := make(chan struct{})
	go func() {
		defer close(known)
		if err := r.connect(failed, client, look, sizes); err != nil {
			stop(err)
		}
	}()
	// Whatever uses the client ends before the client does.
	defer func() { <-known }()
	defer stop(nil)
	if policy.Digest, err = r.load(failed, events); err != nil {
		return cause(failed, ctx, err)
	}
	defer func() { _ = events.Close(context.WithoutCancel(ctx)) }()
	select {
	case <-known:
	case <-failed.Done():
		return cause(failed, ctx, nil)
	}
	var watching sync.WaitGroup
	watching.Go(func() { look.Run(failed) })
	defer watching.Wait()
	defer stop(nil)
	if !r.shares() {
		client.AddConsumeTopics(r.settings.Source.Topic)
	}
	r.conditions.Clear("start")
	r.logger.Info("consuming", "topic", r.settings.Source.Topic, "group", r.settings.Source.ConsumerGroup,
		"sink", r.settings.Sink.Topic, "delivery", r.settings.Delivery, "concurrency", r.settings.Concurrency())
	return cause(failed, ctx, work.Run(failed))
}

// policy returns onError of this function. The module's digest is set later.
func (r *Runner) policy(sizes *batchsize.Limits) *onerror.Policy {
	return &onerror.Policy{
		Action: r.settings.Action, Retries: r.settings.OnError.Retries, Backoff: r.settings.Backoff, MaxBackoff: r.settings.MaxBackoff,
		Topic: r.settings.OnError.DeadLetterTopic, Function: r.settings.Name, Sizes: sizes, Metrics: r.metrics, Logger: r.logger,
	}
}

// connect waits for the brokers, and asks them for what the work will need: the
// state of the source topic, the largest batches of topics, and the group's
// coordinator, so that its connection is open when the runner joins the group.
func (r *Runner) connect(ctx context.Context, client *kgo.Client, look *watch.Watch, sizes *batchsize.Limits) error {
	if err := ping(ctx, client, r.conditions); err != nil {
		return err
	}
	r.metrics.Phase("brokers", r.options.began)
	var asked sync.WaitGroup
	defer asked.Wait()
	asked.Go(func() { look.Look(ctx) })
	asked.Go(func() {
		limit, cancel := context.WithTimeout(ctx, watch.Limit)
		defer cancel()
		// Joining the group reports what is wrong.
		_, _ = kadm.NewClient(client).FetchOffsets(limit, r.settings.Source.ConsumerGroup)
	})
	if topics := r.settings.Written(); len(topics) > 0 {
		sizes.Learn(ctx, client, topics)
	}
	return nil
}

// cause prefers the reason of an inner stop; an outer stop is not an error.
func cause(inner, outer context.Context, err error) error {
	if outer.Err() != nil {
		return nil
	}
	if inner.Err() != nil {
		return context.Cause(inner)
	}
	return err
}
