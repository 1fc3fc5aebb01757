// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/health"
	"github.com/helm-wasm/helm-wasm/internal/runner/metrics"
	"github.com/helm-wasm/helm-wasm/internal/runner/module"
	"github.com/helm-wasm/helm-wasm/stack"
)

// A Runner takes one function's events from its topic to its sink.
type Runner struct {
	settings   settings
	options    options
	logger     *slog.Logger
	metrics    *metrics.Set
	conditions *health.Conditions
}

// New checks the configuration. Nothing is started.
func New(cfg stack.RunnerConfig, opts ...Option) (*Runner, error) {
	s, err := resolve(cfg)
	if err != nil {
		return nil, fmt.Errorf("checking configuration: %w", err)
	}
	o := makeOptions(opts)
	o.logger = o.logger.With("function", cfg.Name)
	r := &Runner{settings: s, options: o, logger: o.logger}
	r.metrics = metrics.New(cfg.Name, cfg.ABI)
	r.conditions = health.New(o.logger)
	r.conditions.Block("start", "the function is not consuming yet")
	return r, nil
}

// Metrics of this runner.
func (r *Runner) Metrics() *metrics.Set { return r.metrics }

// Health of this runner.
func (r *Runner) Health() *health.Conditions { return r.conditions }

// Run works until ctx is done, then finishes what is in flight, commits and
// leaves the group. It returns an error only for what waiting cannot mend: a
// module that cannot run, or refused credentials.
func (r *Runner) Run(ctx context.Context) error {
	admin, err := r.serveAdmin()
	if err != nil {
		return err
	}
	defer admin.close()

	processor := &processor{
		settings: r.settings, metrics: r.metrics, conditions: r.conditions, logger: r.logger,
		slots: make(chan struct{}, r.settings.concurrency()), attempts: map[int32]attempt{},
		began: r.options.began, sizes: newBatchSizes(r.settings.limits.Output),
	}
	processor.trace, err = newTracer(ctx, r.options, r.settings)
	if err != nil {
		return err
	}
	defer processor.trace.close()
	opts, err := r.settings.clientOptions(r.options, processor.sizes)
	if err != nil {
		return fmt.Errorf("configuring the Kafka client: %w", err)
	}
	source := &source{topic: r.settings.Source.Topic, conditions: r.conditions, patience: 2 * r.options.watch}
	work, client, err := r.consumer(processor, source, opts)
	if err != nil {
		return fmt.Errorf("configuring the Kafka client: %w", err)
	}
	defer client.CloseAllowingRebalance()
	watch := &watch{
		client: client, source: source, conditions: r.conditions, interval: r.options.watch, limit: watchLimit,
		assignment: work.assignment, ends: work.ends,
	}

	failed, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	// The client connects while the module loads. It joins the group when both
	// are there: partitions of a runner that cannot work would stand still.
	known := make(chan struct{})
	go func() {
		defer close(known)
		if err := r.connect(failed, client, watch, processor.sizes); err != nil {
			stop(err)
		}
	}()
	// Nothing of the client outlives what it uses.
	defer func() { <-known }()
	defer stop(nil)
	if err := r.load(failed, processor); err != nil {
		return cause(failed, ctx, err)
	}
	defer func() {
		closing := context.WithoutCancel(ctx)
		processor.pool.close(closing)
		_ = processor.pool.function.Close(closing)
	}()
	select {
	case <-known:
	case <-failed.Done():
		return cause(failed, ctx, nil)
	}
	var watching sync.WaitGroup
	watching.Go(func() { watch.run(failed) })
	defer watching.Wait()
	defer stop(nil)
	client.AddConsumeTopics(r.settings.Source.Topic)
	r.conditions.Clear("start")
	r.logger.Info("consuming", "topic", r.settings.Source.Topic, "group", r.settings.Source.ConsumerGroup, "sink", r.settings.Sink.Topic, "delivery", r.settings.Delivery, "concurrency", cap(processor.slots))
	return cause(failed, ctx, work.run(failed, client))
}

// connect waits for the brokers, and asks them what the work will need: the
// source topic's state, the sizes that topics take, and the group's
// coordinator, whose connection then stands when the group is joined.
func (r *Runner) connect(ctx context.Context, client *kgo.Client, watch *watch, sizes *batchSizes) error {
	if err := r.ping(ctx, client); err != nil {
		return err
	}
	r.metrics.Phase("brokers", r.options.began)
	var asked sync.WaitGroup
	defer asked.Wait()
	asked.Go(func() { watch.look(ctx) })
	asked.Go(func() {
		limit, cancel := context.WithTimeout(ctx, watchLimit)
		defer cancel()
		// Errors are for the join to meet.
		_, _ = kadm.NewClient(client).FetchOffsets(limit, r.settings.Source.ConsumerGroup)
	})
	if topics := r.settings.written(); len(topics) > 0 {
		sizes.learn(ctx, client, topics)
	}
	return nil
}

// delivery is the way that events take to the sink: stream or transactions.
type delivery interface {
	run(ctx context.Context, client *kgo.Client) error
	assignment() []int32
	ends(found map[int32]int64)
}

// cause prefers the reason of an inner stop, and has none for an outer one.
func cause(inner, outer context.Context, err error) error {
	if outer.Err() != nil {
		return nil
	}
	if inner.Err() != nil {
		return context.Cause(inner)
	}
	return err
}

// consumer makes the client for the delivery that is asked for.
func (r *Runner) consumer(p *processor, source *source, opts []kgo.Opt) (delivery, *kgo.Client, error) {
	joined := func() { r.metrics.Phase("assigned", r.options.began) }
	known := func(*kgo.Client) {}
	if r.settings.Source.OffsetResetPolicy == "latest" {
		l := &latest{topic: r.settings.Source.Topic, logger: r.logger, known: make(chan struct{})}
		opts = append(opts, kgo.AdjustFetchOffsetsFn(l.adjust))
		known = l.use
	}
	if r.settings.Delivery == "exactly-once" {
		t := newTransactions(p, source, r.logger, r.options.grace, joined)
		session, err := kgo.NewGroupTransactSession(append(opts, t.options(r.transactionalID())...)...)
		if err != nil {
			return nil, nil, err
		}
		known(session.Client())
		t.session = session
		return t, session.Client(), nil
	}
	s := &stream{processor: p, source: source, logger: r.logger, grace: r.options.grace, joined: joined, partitions: map[int32]*partition{}, taken: make(chan struct{}, 1), soon: make(chan struct{}, 1)}
	client, err := kgo.NewClient(append(opts, s.options()...)...)
	if err != nil {
		return nil, nil, err
	}
	known(client)
	return s, client, nil
}

func (r *Runner) transactionalID() string {
	if r.options.transact != "" {
		return r.options.transact
	}
	host, err := os.Hostname()
	if err != nil {
		host = "runner"
	}
	return r.settings.Source.ConsumerGroup + "." + host
}

// load fetches and compiles the module and starts one instance.
func (r *Runner) load(ctx context.Context, p *processor) error {
	if r.options.function != nil {
		p.pool = &pool{function: r.options.function, metrics: r.metrics}
		return nil
	}
	wasm, digest := r.options.module, ""
	if wasm == nil && r.settings.ABI != "http" {
		source := module.Source{Image: r.settings.Module.Image, Path: r.settings.Module.Path, DockerConfig: r.options.dockerDir}
		var err error
		if wasm, err = r.fetch(ctx, source); err != nil {
			return err
		}
	}
	if wasm != nil {
		digest = module.Digest(wasm)
	}
	r.metrics.Phase("module", r.options.began)
	if err := seed(r.options.cacheDir, r.options.seed); err != nil {
		r.logger.Warn("precompiled code is not used", "error", err.Error())
	}
	cacheDir := r.options.cacheDir
	if cacheDir == "" {
		cacheDir = r.options.seed
	}
	function, kind, err := r.settings.open(ctx, wasm, cacheDir, r.logger)
	if err != nil {
		return err
	}
	r.metrics.ABI(kind)
	r.metrics.Phase("compiled", r.options.began)
	p.digest = digest
	p.pool = &pool{function: function, metrics: r.metrics}
	// One instance at once: it shows what is wrong before an event does.
	instance, err := p.pool.get(ctx)
	if err != nil {
		return errors.Join(err, function.Close(ctx))
	}
	p.pool.put(ctx, instance)
	r.metrics.Phase("instance", r.options.began)
	r.logger.Info("function loaded", "abi", kind, "digest", digest, "after", time.Since(r.options.began).Round(time.Millisecond).String())
	return nil
}

// fetch waits out a registry that does not answer.
func (r *Runner) fetch(ctx context.Context, source module.Source) ([]byte, error) {
	defer r.conditions.Clear("module")
	for try := 0; ; try++ {
		wasm, err := source.Fetch(ctx)
		if err == nil || ctx.Err() != nil || !module.Temporary(err) {
			return wasm, err
		}
		r.conditions.Block("module", err.Error())
		if err := sleep(ctx, min(30*time.Second, 500*time.Millisecond<<min(try, 6))); err != nil {
			return nil, err
		}
	}
}
