// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"net/http"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics of a daemon.
type metrics struct {
	registry *prometheus.Registry
	ready    *prometheus.GaugeVec   // by runtime
	runs     *prometheus.CounterVec // by result
	last     prometheus.Gauge
	fine     atomic.Bool
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		ready: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "wasm_node_setup_runtime_ready",
			Help: "1 if the runtime was verified on this node.",
		}, []string{"runtime"}),
		runs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "wasm_node_setup_runs_total",
			Help: "Checks of the node by result: unchanged, changed, failed.",
		}, []string{"result"}),
		last: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "wasm_node_setup_last_success_timestamp_seconds",
			Help: "When the node was last found as it should be.",
		}),
	}
	m.registry.MustRegister(m.ready, m.runs, m.last)
	return m
}

// handler serves /metrics, /healthz, and /readyz, which stops the DaemonSet's
// rollout at a node that failed.
func (m *metrics) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("/readyz", func(w http.ResponseWriter, _ *http.Request) {
		if !m.fine.Load() {
			http.Error(w, "the node is not set up; see the log", http.StatusServiceUnavailable)
		}
	})
	return mux
}
