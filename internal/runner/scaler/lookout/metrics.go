// SPDX-License-Identifier: Apache-2.0

package lookout

import "github.com/prometheus/client_golang/prometheus"

// Metrics are what a Lookout counts. docs/METRICS.md lists them.
type Metrics struct {
	Looks   prometheus.Histogram
	Errors  prometheus.Counter
	Wakeups prometheus.Counter
}

// NewMetrics registers what is counted.
func NewMetrics(r prometheus.Registerer) *Metrics {
	m := &Metrics{
		Looks: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "wasm_scaler_look_seconds", Help: "Time of one look at all offsets that are due.",
			Buckets: []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5},
		}),
		Errors: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "wasm_scaler_look_errors_total", Help: "Looks that the brokers did not answer.",
		}),
		Wakeups: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "wasm_scaler_wakeups_total", Help: "Fetches that brokers answered because an event arrived.",
		}),
	}
	r.MustRegister(m.Looks, m.Errors, m.Wakeups)
	return m
}

var (
	lagGauge = prometheus.NewDesc("wasm_scaler_lag", "Events that a consumer group has not committed.",
		[]string{"group", "topic"}, nil)
	targetGauge = prometheus.NewDesc("wasm_scaler_targets", "Targets that KEDA asks for, by activity.", []string{"active"}, nil)
)

var _ prometheus.Collector = (*Lookout)(nil)

// Describe says what Collect sends.
func (l *Lookout) Describe(ch chan<- *prometheus.Desc) {
	ch <- lagGauge
	ch <- targetGauge
}

// Collect sends what is known now.
func (l *Lookout) Collect(ch chan<- prometheus.Metric) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for at, g := range l.facts.groups {
		if fn := g.functions[0]; !g.since.IsZero() && l.facts.topics[at.topic].partitions != nil {
			lag := fn.Demand(l.facts.partitions(fn)).Lag
			ch <- prometheus.MustNewConstMetric(lagGauge, prometheus.GaugeValue, float64(lag), at.group, at.topic)
		}
	}
	count := map[bool]int{}
	for _, t := range l.targets {
		count[t.state.Active]++
	}
	ch <- prometheus.MustNewConstMetric(targetGauge, prometheus.GaugeValue, float64(count[true]), "true")
	ch <- prometheus.MustNewConstMetric(targetGauge, prometheus.GaugeValue, float64(count[false]), "false")
}
