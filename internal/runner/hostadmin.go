// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/helm-wasm/helm-wasm/internal/runner/health"
)

// FunctionStatus is what a host's /functions says of one.
type FunctionStatus struct {
	Name       string             `json:"name"`
	Status     string             `json:"status"` // ready, degraded or waiting
	Awake      bool               `json:"awake"`
	Memory     int64              `json:"memoryBytes"` // machine code and instances
	Topic      string             `json:"topic"`
	Group      string             `json:"group"`
	Conditions []health.Condition `json:"conditions,omitempty"`
}

// Functions says how each function of the host is.
func (h *Host) Functions() []FunctionStatus {
	var all []FunctionStatus
	for _, r := range h.list() {
		s := FunctionStatus{
			Name: r.settings.Name, Topic: r.settings.Source.Topic, Group: r.settings.Source.ConsumerGroup,
			Conditions: r.conditions.List(), Status: "ready",
		}
		if sleeper := r.sleeper.Load(); sleeper != nil {
			s.Awake, s.Memory = sleeper.State()
		}
		if len(s.Conditions) > 0 {
			s.Status = "degraded"
		}
		if !r.conditions.Ready() {
			s.Status = "waiting"
		}
		all = append(all, s)
	}
	return all
}

// list is all functions, by name.
func (h *Host) list() []*resident {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := make([]*resident, 0, len(h.residents))
	for _, r := range h.residents {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b *resident) int { return strings.Compare(a.settings.Name, b.settings.Name) })
	return list
}

// Health of the host itself.
func (h *Host) Health() *health.Conditions { return h.conditions }

// Handler serves /metrics, /healthz, /readyz and /functions. The pod is ready when
// the host is: a function that waits takes no other's readiness away, and has its
// own below /readyz/.
func (h *Host) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(h.registry, promhttp.HandlerOpts{}))
	mux.Handle("GET /readyz", h.conditions)
	mux.HandleFunc("GET /readyz/{function}", func(w http.ResponseWriter, request *http.Request) {
		h.mu.Lock()
		r := h.residents[request.PathValue("function")]
		h.mu.Unlock()
		if r == nil {
			http.Error(w, "the host has no such function", http.StatusNotFound)
			return
		}
		r.conditions.ServeHTTP(w, request)
	})
	mux.HandleFunc("GET /functions", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		_ = encoder.Encode(h.Functions())
	})
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	return mux
}
