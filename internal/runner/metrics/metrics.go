// SPDX-License-Identifier: Apache-2.0

// Package metrics defines a runner's metrics for Prometheus. docs/METRICS.md lists
// them; a test keeps the two in step.
package metrics

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Outcomes of an event.
const (
	Processed  = "processed"   // the function made at least one result
	Filtered   = "filtered"    // the function made none
	DeadLetter = "dead_letter" // it failed every attempt and went to the dead-letter topic
	Dropped    = "dropped"     // it failed every attempt and onError.action is drop
)

// Set is one runner's metrics.
type Set struct {
	Registry *prometheus.Registry // may have other functions' sets, too

	Events         map[string]prometheus.Counter // by outcome
	Duration       prometheus.Histogram
	Failures       *prometheus.CounterVec // by kind
	Retries        prometheus.Counter
	Results        prometheus.Counter
	Lag            *prometheus.GaugeVec // by partition
	Partitions     prometheus.Gauge
	Queued         prometheus.Gauge
	Unacknowledged prometheus.Gauge
	Instances      prometheus.Gauge
	Starts         prometheus.Counter
	InstanceStart  prometheus.Histogram
	Awake          prometheus.Gauge
	Memory         prometheus.Gauge
	Wake           prometheus.Histogram
	Rejected       prometheus.Gauge
	Cold           *prometheus.GaugeVec // by phase
	CommitErrors   prometheus.Counter
	Transactions   *prometheus.CounterVec // by result

	info     *prometheus.GaugeVec
	labelled prometheus.Registerer
	all      []prometheus.Collector
}

// Close takes the set out of its registry.
func (s *Set) Close() {
	for _, c := range s.all {
		s.labelled.Unregister(c)
	}
}

// NewRegistry makes a registry with what a process tells about itself.
func NewRegistry() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return registry
}

// New registers a set under the function's name. Close takes it away.
func New(registry *prometheus.Registry, function, abi string) *Set {
	var all []prometheus.Collector
	register := func(c prometheus.Collector) { all = append(all, c) }
	name := func(s string) string { return "wasm_runner_" + s }
	counter := func(n, help string) prometheus.Counter {
		c := prometheus.NewCounter(prometheus.CounterOpts{Name: name(n), Help: help})
		register(c)
		return c
	}
	gauge := func(n, help string) prometheus.Gauge {
		g := prometheus.NewGauge(prometheus.GaugeOpts{Name: name(n), Help: help})
		register(g)
		return g
	}
	counters := func(n, help, label string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name(n), Help: help}, []string{label})
		register(c)
		return c
	}
	gauges := func(n, help, label string) *prometheus.GaugeVec {
		g := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name(n), Help: help}, []string{label})
		register(g)
		return g
	}
	histogram := func(n, help string, buckets []float64) prometheus.Histogram {
		h := prometheus.NewHistogram(prometheus.HistogramOpts{Name: name(n), Help: help, Buckets: buckets})
		register(h)
		return h
	}
	s := &Set{
		Registry:       registry,
		Events:         map[string]prometheus.Counter{},
		Duration:       histogram("event_duration_seconds", "Duration of one call of the function.", durations),
		Failures:       counters("failures_total", "Failed calls of the function, by kind.", "kind"),
		Retries:        counter("retries_total", "Calls repeated after a failure."),
		Results:        counter("results_total", "Records written to Kafka, dead letters included."),
		Lag:            gauges("lag", "Unfinished events of an assigned partition.", "partition"),
		Partitions:     gauge("assigned_partitions", "Partitions assigned to this runner."),
		Queued:         gauge("queued_events", "Events that are fetched but not yet started."),
		Unacknowledged: gauge("unacknowledged_events", "Finished events with results that the brokers have not acknowledged."),
		Instances:      gauge("instances", "Live instances of the function."),
		Starts:         counter("instance_starts_total", "Instances started."),
		InstanceStart:  histogram("instance_start_seconds", "Time to start an instance.", durations),
		Awake:          gauge("awake", "1 while the function's machine code is in memory, 0 while it sleeps in its host."),
		Memory:         gauge("memory_bytes", "Machine code and instances in memory, as a host reckons them."),
		Wake:           histogram("wake_seconds", "Time to load a function that slept.", durations),
		Rejected:       gauge("update_rejected", "1 while a changed function cannot run and its host goes on with the old one."),
		Cold:           gauges("cold_start_seconds", "Time from the start of the process until the end of a phase.", "phase"),
		CommitErrors:   counter("commit_errors_total", "Failed offset commits; they are repeated."),
		Transactions:   counters("transactions_total", "Transactions of exactly-once delivery, by result.", "result"),
	}
	events := counters("events_total", "Finished events, by outcome.", "outcome")
	for _, outcome := range []string{Processed, Filtered, DeadLetter, Dropped} {
		s.Events[outcome] = events.WithLabelValues(outcome)
	}
	s.info = gauges("info", "Always 1; the labels describe the function.", "abi")
	s.ABI(abi)
	s.labelled = prometheus.WrapRegistererWith(prometheus.Labels{"function": function}, registry)
	s.labelled.MustRegister(all...)
	s.all = all
	return s
}

// durations reach from the fast path's microseconds to the longest timeouts.
var durations = []float64{
	0.000005, 0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025,
	0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
}

// ABI records the contract that the function uses, once that is decided.
func (s *Set) ABI(abi string) {
	s.info.Reset()
	s.info.WithLabelValues(abi).Set(1)
}

// Handler serves the set.
func (s *Set) Handler() http.Handler {
	return promhttp.HandlerFor(s.Registry, promhttp.HandlerOpts{})
}

// Phase records the end of a phase of the cold start.
func (s *Set) Phase(phase string, start time.Time) {
	s.Cold.WithLabelValues(phase).Set(time.Since(start).Seconds())
}
