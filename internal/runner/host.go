// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/contract"
	"github.com/helm-wasm/helm-wasm/internal/runner/backoff"
	"github.com/helm-wasm/helm-wasm/internal/runner/batchsize"
	"github.com/helm-wasm/helm-wasm/internal/runner/health"
	"github.com/helm-wasm/helm-wasm/internal/runner/hub"
	"github.com/helm-wasm/helm-wasm/internal/runner/membership"
	"github.com/helm-wasm/helm-wasm/internal/runner/metrics"
	"github.com/helm-wasm/helm-wasm/internal/runner/sleep"
	"github.com/helm-wasm/helm-wasm/internal/runner/workers"
)

const (
	// hostWatch is how often each function of a host looks after its topic.
	hostWatch = 30 * time.Second
	// A function that cannot run is tried again after restartMin, and less and
	// less often.
	restartMin = time.Second
	restartMax = time.Minute
	// idleTime is how long a function without work stays awake.
	idleTime = 30 * time.Second
)

// A Host runs many functions in one process, each in its own consumer group. They
// share one Kafka client where the brokers speak KIP-848; else, and for delivery
// exactly-once, a function has a client of its own.
type Host struct {
	config     contract.HostConfig
	options    options
	logger     *slog.Logger
	registry   *prometheus.Registry
	conditions *health.Conditions
	sizes      *batchsize.Limits
	keeper     *sleep.Keeper
	workers    *workers.Pool
	hub        *hub.Hub // nil with brokers that do not speak KIP-848

	mu        sync.Mutex
	residents map[string]*resident
	refused   map[string]bool // functions whose configuration is wrong; belongs to Run
}

// NewHost checks the configuration. It starts nothing.
func NewHost(cfg contract.HostConfig, opts ...Option) (*Host, error) {
	if err := checkHost(cfg); err != nil {
		return nil, fmt.Errorf("checking configuration: %w", err)
	}
	o := makeOptions(opts)
	h := &Host{
		config: cfg, options: o, logger: o.logger.With("host", cfg.Name), registry: metrics.NewRegistry(),
		workers: workers.New(runtime.GOMAXPROCS(0)), sizes: batchsize.New(0), residents: map[string]*resident{}, refused: map[string]bool{},
	}
	h.conditions = health.New(h.logger)
	h.conditions.Block("start", "the host is not running yet")
	return h, nil
}

// Run works until ctx is done, then finishes what is in flight, commits and leaves
// the groups. It returns an error only when waiting does not help.
func (h *Host) Run(ctx context.Context) error {
	admin, err := serveAdmin(h.options.adminHost, h.config.AdminPort, h.Handler())
	if err != nil {
		return err
	}
	defer admin.close()
	opts, err := h.clientOptions()
	if err != nil {
		return fmt.Errorf("configuring the Kafka client: %w", err)
	}
	client, err := kgo.NewClient(opts...)
	if err != nil {
		return fmt.Errorf("configuring the Kafka client: %w", err)
	}
	defer client.Close()
	if err := ping(ctx, client, h.conditions); err != nil {
		return cause(ctx, ctx, err)
	}
	shared, err := h.shares(ctx, client)
	if err != nil {
		return cause(ctx, ctx, err)
	}
	if shared {
		h.hub = hub.New(client, func() (*kgo.Client, error) { return kgo.NewClient(opts...) })
		defer h.hub.Close()
	}
	h.keeper = sleep.New(memoryBudget(h.config), h.options.idle, runtime.GOMAXPROCS(0)-1)
	defer h.keeper.Close()
	h.logger.Info("hosting", "functions", len(h.config.Functions), "oneClient", shared)
	defer h.end()
	h.apply(ctx, h.config)
	h.conditions.Clear("start")
	h.follow(ctx)
	return nil
}

// shares says whether the functions can share the client.
func (h *Host) shares(ctx context.Context, client *kgo.Client) (bool, error) {
	if h.options.protocol == "classic" {
		return false, nil
	}
	for try := 0; ; try++ {
		yes, err := membership.Supported(ctx, client)
		if err == nil {
			return yes, nil
		}
		if err := backoff.Sleep(ctx, backoff.Delay(250*time.Millisecond, 10*time.Second, try)); err != nil {
			return false, err
		}
	}
}

// end stops all functions at the same time.
func (h *Host) end() {
	var ends sync.WaitGroup
	for _, r := range h.list() {
		ends.Go(r.end)
	}
	ends.Wait()
}
