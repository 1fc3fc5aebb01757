// SPDX-License-Identifier: Apache-2.0

package dev

import (
	"time"
)

// State is what the page draws, twice a second.
type State struct {
	Stack     string          `json:"stack"`
	Broker    BrokerState     `json:"broker"`
	Now       time.Time       `json:"now"`
	Started   time.Time       `json:"started"`
	Functions []FunctionState `json:"functions"`
	Topics    []TopicState    `json:"topics"`
	Journal   []Entry         `json:"journal"`
	Latency   []float64       `json:"latency"` // end to end, p50 p95 p99 in seconds; none without events
	Problem   string          `json:"problem,omitempty"`
}

// BrokerState says what the events go through.
type BrokerState struct {
	Title    string   `json:"title"`
	Embedded bool     `json:"embedded"`
	Addrs    []string `json:"addrs"`
}

// FunctionState is one function.
type FunctionState struct {
	Name       string    `json:"name"`
	State      string    `json:"state"`
	Reason     string    `json:"reason,omitempty"`
	ABI        string    `json:"abi"`
	Module     string    `json:"module"`
	Digest     string    `json:"digest"`
	Generation int       `json:"generation"`
	Loaded     time.Time `json:"loaded"`
	Source     string    `json:"source"`
	Sinks      []string  `json:"sinks"`
	Dead       string    `json:"dead"`
	Group      string    `json:"group"`
	Replicas   int       `json:"replicas"`
	Wanted     int       `json:"wanted"`
	Lag        int64     `json:"lag"`
	Partitions []int64   `json:"partitions"` // lag of each
	Rate       float64   `json:"rate"`
	Rates      []float64 `json:"rates"` // the last minute
	Lags       []int64   `json:"lags"`
	Latency    []float64 `json:"latency"` // of calls, p50 p95 p99 in seconds
	Recent     bool      `json:"recent"`  // latency is of the last 30 s
	Processed  int64     `json:"processed"`
	Filtered   int64     `json:"filtered"`
	DeadCount  int64     `json:"deadCount"`
	Dropped    int64     `json:"dropped"`
	Retries    int64     `json:"retries"`
}

// TopicState is one topic.
type TopicState struct {
	Name       string  `json:"name"`
	Partitions int     `json:"partitions"`
	Records    int64   `json:"records"`
	Rate       float64 `json:"rate"`
	Dead       bool    `json:"dead"`
	Terminal   bool    `json:"terminal"`
}

// history has one point of a function for each sample.
type history struct {
	points []point
}

type point struct {
	at     time.Time
	counts counts
	lag    int64
	rate   float64
}

const (
	sampleEvery = 500 * time.Millisecond
	historyMax  = 120 // a minute
)

// add adds a sample and smooths the rate over about two seconds.
func (h *history) add(p point) {
	if len(h.points) > 0 {
		from := h.points[max(0, len(h.points)-4)]
		if d := p.at.Sub(from.at).Seconds(); d > 0 {
			p.rate = max(0, (p.counts.events()-from.counts.events())/d)
		}
	}
	h.points = append(h.points, p)
	if len(h.points) > historyMax {
		h.points = append([]point{}, h.points[len(h.points)-historyMax:]...)
	}
}

func (h *history) fill(f *FunctionState) {
	if len(h.points) == 0 {
		return
	}
	last := h.points[len(h.points)-1]
	for _, p := range h.points {
		f.Rates = append(f.Rates, p.rate)
		f.Lags = append(f.Lags, p.lag)
	}
	f.Rate = last.rate
	f.Processed, f.Filtered = int64(last.counts.Processed), int64(last.counts.Filtered)
	f.DeadCount, f.Dropped, f.Retries = int64(last.counts.Dead), int64(last.counts.Dropped), int64(last.counts.Retries)
	from := h.points[0]
	for _, p := range h.points {
		if last.at.Sub(p.at) > window {
			from = p
		}
	}
	f.Latency, f.Recent = last.counts.quantiles(from.counts, 0.5, 0.95, 0.99)
	if !f.Recent {
		f.Latency, _ = last.counts.quantiles(counts{}, 0.5, 0.95, 0.99)
	}
}

// fill sets the state of the function that does not come from Kafka.
func (f *function) fill(s *FunctionState) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s.State, s.Reason, s.Module, s.Digest, s.Generation, s.Loaded = f.state, f.reason, f.from, f.digest, f.generation, f.loaded
	s.Replicas, s.Wanted, s.ABI = len(f.instances), f.wanted, f.abi
	if s.ABI == "" {
		s.ABI = f.cfg.ABI
	}
}
