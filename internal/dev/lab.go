// SPDX-License-Identifier: Apache-2.0

package dev

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/contract"
)

// lab is a running stack.
type lab struct {
	options   Options
	plan      plan
	broker    *broker
	functions []*function
	journal   *journal
	traces    *traces
	observer  *observer
	sampler   *sampler
	samples   map[string][]Sample
	started   time.Time
	url       string
	number    atomic.Int64 // of the next sample event
	done      <-chan struct{}
}

// Run runs the stack until ctx is done, or until the events of Options.Events
// are through.
func Run(ctx context.Context, o Options) error {
	if err := o.complete(); err != nil {
		return err
	}
	l, err := newLab(ctx, o)
	if err != nil {
		return err
	}
	defer l.broker.close()
	listener, err := listen(o.Port)
	if err != nil {
		return err
	}
	l.url = "http://" + listener.Addr().String()

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l.done = ctx.Done()
	server := &http.Server{Handler: l.handler(), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute}
	var work, last sync.WaitGroup
	last.Go(func() { _ = server.Serve(listener) })
	observe, stopObserving := context.WithCancel(context.WithoutCancel(ctx))
	last.Go(func() { l.observer.run(observe) })
	for _, f := range l.functions {
		work.Go(func() { f.run(ctx) })
	}
	work.Go(func() { l.sampler.run(ctx) })
	// The functions end first, then what shows them.
	defer func() {
		cancel()
		work.Wait()
		stopObserving()
		limit, done := context.WithTimeout(context.Background(), 2*time.Second)
		defer done()
		if server.Shutdown(limit) != nil {
			_ = server.Close()
		}
		last.Wait()
	}()
	screen := newScreen(l)
	screen.begin()
	if o.Events > 0 {
		return l.demo(ctx)
	}
	screen.run(ctx)
	return nil
}

func newLab(ctx context.Context, o Options) (*lab, error) {
	p, err := makePlan(o.Document)
	if err != nil {
		return nil, err
	}
	if err := known(&p, o.Modules, o.HTTP); err != nil {
		return nil, err
	}
	l := &lab{options: o, plan: p, journal: &journal{}, traces: &traces{}, started: time.Now()}
	if l.samples, err = readSamples(&p, &o); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.CacheDir, 0o755); err != nil {
		return nil, fmt.Errorf("making the directory for compiled code: %w", err)
	}
	prune(o.CacheDir)
	b, changes, err := startBroker(ctx, o.Brokers, &p)
	if err != nil {
		return nil, err
	}
	l.broker = b
	for _, note := range p.notes {
		l.journal.add("info", "", "%s", note)
	}
	for _, change := range changes {
		if !change.Done {
			l.journal.add("warn", "", "topic %s: %s", change.Topic, change.Text)
		}
	}
	for _, cfg := range p.functions {
		l.functions = append(l.functions, l.function(cfg.Name))
	}
	if l.observer, err = newObserver(ctx, b, &p, l.traces); err != nil {
		b.close()
		return nil, err
	}
	l.sampler = newSampler(l)
	return l, nil
}

// function prepares one function of the plan: what is local replaces what is not.
func (l *lab) function(name string) *function {
	cfg := l.plan.functions[slices.IndexFunc(l.plan.functions, func(f contract.RunnerConfig) bool { return f.Name == name })]
	cfg.Kafka, cfg.AdminPort = l.broker.kafka(), 0
	replicas := l.options.Replicas
	if replicas == 0 {
		replicas = max(1, min(2, l.broker.partitions[cfg.Source.Topic]))
	}
	var src *source
	waiting := ""
	if cfg.ABI == "http" {
		address := l.options.HTTP[name]
		if target, err := parseTarget(address); err == nil && cfg.HTTP != nil {
			h := *cfg.HTTP
			h.Port, h.Path = target.port, target.path
			cfg.HTTP = &h
		} else {
			waiting = fmt.Sprintf(
				"abi http: another program serves this function. Start it and give --http %s=http://127.0.0.1:PORT/",
				name,
			)
		}
	} else {
		src = newSource(cfg, l.options.Dir, l.options.Modules[name])
		cfg.Module.Image, cfg.Module.Path = "", "given"
	}
	f := newFunction(cfg, src, replicas, &l.options, l.journal)
	if waiting != "" {
		f.state, f.reason = stateWaiting, waiting
		l.journal.add("warn", name, "%s; the other functions run", waiting)
	}
	return f
}

// known refuses flags for functions that do not exist.
func known(p *plan, flags ...map[string]string) error {
	var names []string
	for _, f := range p.functions {
		names = append(names, f.Name)
	}
	for _, flag := range flags {
		for name := range flag {
			if !slices.Contains(names, name) {
				return fmt.Errorf("a flag names function %q, but the enabled functions are %q", name, names)
			}
		}
	}
	return nil
}

// listen opens the port, or the first free one from 8090. Loopback only.
func listen(port int) (net.Listener, error) {
	if port != 0 {
		return net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	}
	for port := 8090; port < 8190; port++ {
		if l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			return l, nil
		}
	}
	return net.Listen("tcp", "127.0.0.1:0")
}

// prune removes compiled code that is a month old: every build leaves some.
func prune(dir string) {
	_ = filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return nil
		}
		if info, err := entry.Info(); err == nil && time.Since(info.ModTime()) > 30*24*time.Hour {
			_ = os.Remove(path)
		}
		return nil
	})
}

// send produces events that can be followed; it returns their traces.
func (l *lab) send(ctx context.Context, records []*kgo.Record, detail bool) ([]string, error) {
	var ids []string
	for _, r := range records {
		id, header := newTrace()
		r.Headers = append(r.Headers, kgo.RecordHeader{Key: traceparent, Value: []byte(header)})
		l.traces.open(id, r.Topic, detail)
		ids = append(ids, id)
	}
	if err := l.broker.client.ProduceSync(ctx, records...).FirstErr(); err != nil {
		return nil, fmt.Errorf("producing to topic %q: %w", records[0].Topic, err)
	}
	return ids, nil
}

// burst makes n sample events for a topic.
func (l *lab) burst(topic string, n int) []*kgo.Record {
	list := l.samples[topic]
	if len(list) == 0 {
		list = generic
	}
	records := make([]*kgo.Record, 0, n)
	for range n {
		number := int(l.number.Add(1))
		key, value := pick(list, number).fill(number)
		records = append(records, &kgo.Record{Topic: topic, Key: key, Value: value})
	}
	return records
}
