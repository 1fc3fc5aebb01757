// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/guestbuild"
	"github.com/helm-wasm/helm-wasm/internal/kafkatest"
	"github.com/helm-wasm/helm-wasm/internal/sample"
)

const (
	chaosKeys       = 500
	chaosPartitions = 6
	chaosKills      = 5
	chaosLimit      = 10 * time.Minute // only ends a test that hangs

	// hosts is delivery at-least-once with both functions in each of two hosts.
	hosts = "hosts"
)

// chaosEvents returns 50,000, and 200,000 in a full run; CHAOS_EVENTS sets another number.
func chaosEvents(t *testing.T) int {
	text := os.Getenv("CHAOS_EVENTS")
	switch {
	case text != "":
	case sample.Full():
		return 200_000
	default:
		return 50_000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestChaos sends events through two chained functions on a real Kafka while
// runners are killed, brokers restarted and rebalances forced.
func TestChaos(t *testing.T) {
	for _, delivery := range append(slices.Clone(deliveries), hosts) {
		t.Run(delivery, func(t *testing.T) {
			t.Parallel() // each has a broker of its own, and much of its time is waiting
			broker := kafkatest.Start(t, "group.consumer.min.session.timeout.ms=6000", "group.consumer.session.timeout.ms=6000")
			c := newChaos(t, delivery, chaosEvents(t), broker.Addr)
			restart := func() {
				broker.Stop()
				broker.Start()
			}
			crash := func() {
				broker.Kill()
				broker.Start()
			}
			c.restarts = 2
			c.steps = []func(){c.kill(0), c.leave(2), c.kill(3), restart, c.kill(1), c.kill(2), c.leave(0), crash, c.kill(0)}
			c.run()
		})
	}
}

// TestSmallChaos kills runners and forces rebalances on a broker in this
// process, where there is no Java.
func TestSmallChaos(t *testing.T) {
	for _, delivery := range append(slices.Clone(deliveries), hosts) {
		t.Run(delivery, func(t *testing.T) {
			t.Parallel()
			cluster, err := kfake.NewCluster(kfake.NumBrokers(1),
				kfake.BrokerConfigs(map[string]string{
					"group.consumer.session.timeout.ms": "2000", "group.consumer.heartbeat.interval.ms": "300",
				}))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(cluster.Close)
			c := newChaos(t, delivery, 10_000, cluster.ListenAddrs()[0])
			c.steps = []func(){c.kill(0), c.leave(2), c.kill(3), c.kill(1), c.leave(0), c.kill(2), c.kill(0)}
			c.run()
		})
	}
}

type chaos struct {
	t        *testing.T
	delivery string
	hosted   int // 1: each process has both functions
	events   int
	addr     string
	steps    []func() // disturbances
	restarts int      // of the broker, among them
	client   *kgo.Client
	binary   string
	dir      string
	ctx      context.Context

	runners []*chaosRunner
	seen    atomic.Int64 // distinct ids at the end
}

type chaosRunner struct {
	c       *chaos
	command string
	name    string
	config  string

	mu       sync.Mutex
	process  *exec.Cmd
	stopping bool
	exited   chan struct{}
}

func newChaos(t *testing.T, delivery string, events int, addr string) *chaos {
	c := &chaos{t: t, delivery: delivery, events: events, addr: addr, dir: t.TempDir()}
	if delivery == hosts {
		c.delivery, c.hosted = "at-least-once", 1
	}
	c.binary = runnerBinary(t)
	c.client = c.open(kgo.RecordPartitioner(kgo.StickyKeyPartitioner(nil)))
	t.Cleanup(c.client.Close)
	ctx, cancel := context.WithTimeout(context.Background(), chaosLimit)
	t.Cleanup(cancel)
	c.ctx = ctx
	if _, err := kadm.NewClient(c.client).CreateTopics(ctx, chaosPartitions, 1, nil, "a", "b", "c"); err != nil {
		t.Fatal(err)
	}
	module := filepath.Join(c.dir, "mirror.wasm")
	if err := os.WriteFile(module, guestbuild.Command(t, mirror), 0o600); err != nil {
		t.Fatal(err)
	}
	first, second := c.config(module, "first", "a", "b"), c.config(module, "second", "b", "c")
	if c.hosted > 0 {
		c.add("host", "host", c.host(first, second))
		return c
	}
	c.add("run", "first", first)
	c.add("run", "second", second)
	return c
}

// start runs the process until end, and again when it ends on its own, as a
// kubelet does.
func (r *chaosRunner) start() {
	r.mu.Lock()
	defer r.mu.Unlock()
	cmd, exited := r.launch(), make(chan struct{})
	r.process, r.exited, r.stopping = cmd, exited, false
	go func() {
		defer close(exited)
		for {
			_ = cmd.Wait()
			r.mu.Lock()
			if r.stopping {
				r.mu.Unlock()
				return
			}
			cmd = r.launch()
			r.process = cmd
			r.mu.Unlock()
		}
	}()
}

func (r *chaosRunner) launch() *exec.Cmd {
	log, err := os.OpenFile(filepath.Join(r.c.dir, r.name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	defer log.Close()
	cmd := exec.Command(r.c.binary, r.command, "--config", r.config, "--cache-dir", cacheDir)
	if r.command == "run" {
		cmd.Args = append(cmd.Args, "--transactional-id", "chaos."+r.name)
	}
	cmd.Stderr = log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	return cmd
}

func (r *chaosRunner) end(signal syscall.Signal) {
	r.mu.Lock()
	process := r.process
	r.stopping, r.process = true, nil
	if process != nil {
		_ = process.Process.Signal(signal)
	}
	r.mu.Unlock()
	if process == nil {
		return
	}
	select {
	case <-r.exited:
	case <-time.After(guard):
		r.c.t.Errorf("runner %s did not end on %s", r.name, signal)
		_ = process.Process.Kill()
		<-r.exited
	}
}

func (c *chaos) run() {
	began := time.Now()
	for _, r := range c.runners {
		c.t.Cleanup(func() { r.end(syscall.SIGKILL) })
		r.start()
	}
	go c.produce()
	var disturb sync.WaitGroup
	disturb.Go(c.disturb)
	result := c.collect()
	disturb.Wait()
	for _, r := range c.runners {
		r.end(syscall.SIGTERM)
	}
	took := time.Since(began).Round(time.Second)
	c.t.Logf(
		"%s: %d events through two functions in %s: %d records at the end, %d duplicates, %d out of order",
		c.delivery, c.events, took, result.records, result.duplicates, result.disorder,
	)
	if missing := c.events - int(c.seen.Load()); missing != 0 {
		c.t.Errorf("%d of %d events did not arrive", missing, c.events)
	}
	if result.disorder != 0 {
		c.t.Errorf("%d events arrived before an earlier one of their key", result.disorder)
	}
	if c.delivery == "exactly-once" && result.duplicates != 0 {
		c.t.Errorf("%d duplicates with exactly-once", result.duplicates)
	}
	if c.delivery == "at-least-once" {
		first, second := c.perStage()
		limit := repeatable(chaosKills*(1+c.hosted), c.restarts)
		c.t.Logf(
			"%d kills and %d restarts of the broker: the first function repeated %d events, the second %d; the limits on "+
				"open events allow %d in total",
			chaosKills, c.restarts, first, second, limit,
		)
		if first+second > limit {
			c.t.Errorf("%d events were repeated, more than %d", first+second, limit)
		}
	}
	if c.t.Failed() {
		c.logs()
	}
}

// produce spreads the events over the time of the disturbances.
func (c *chaos) produce() {
	for id := range c.events {
		r := &kgo.Record{Topic: "a", Key: []byte(fmt.Sprint("key-", id%chaosKeys)), Value: []byte(fmt.Sprint("id ", id))}
		c.client.Produce(c.ctx, r, nil)
		// The second half follows what has arrived, so that all disturbances
		// meet work.
		for id > c.events/2 && c.ctx.Err() == nil && c.seen.Load() < int64(id-c.events/2) {
			time.Sleep(20 * time.Millisecond)
		}
	}
}

// kill ends a runner without warning, and starts it again.
func (c *chaos) kill(n int) func() { return c.bounce(n, syscall.SIGKILL) }

// leave lets a runner leave its group and join it again.
func (c *chaos) leave(n int) func() { return c.bounce(n, syscall.SIGTERM) }

func (c *chaos) bounce(n int, signal syscall.Signal) func() {
	return func() {
		r := c.runners[n%len(c.runners)]
		r.end(signal)
		r.start()
	}
}

// open makes a client; close it yourself.
func (c *chaos) open(opts ...kgo.Opt) *kgo.Client {
	c.t.Helper()
	client, err := kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(c.addr)}, opts...)...)
	if err != nil {
		c.t.Fatal(err)
	}
	return client
}

// disturb takes one step each time another share of the events is through.
func (c *chaos) disturb() {
	for i, step := range c.steps {
		for share := int64(c.events * (i + 1) / (len(c.steps) + 2)); c.seen.Load() < share; {
			if c.ctx.Err() != nil {
				c.t.Errorf("only %d of %d disturbances happened in time", i, len(c.steps))
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		step()
	}
}
