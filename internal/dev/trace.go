// SPDX-License-Identifier: Apache-2.0

package dev

import (
	"crypto/rand"
	"encoding/hex"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// traceparent is the header that runners carry from an event to its results.
const traceparent = "traceparent"

// trace follows one event that was produced here.
type trace struct {
	at      time.Time
	topic   string
	detail  bool // its steps are kept
	steps   []*seen
	results int // records in topics that no function reads, dead letters apart
	dead    int

	// passed is where the outputs of functions ended when they were first seen to
	// be done with a record: what they wrote for it comes before that.
	passed map[passage]map[string][]position
}

// passage is a record's path through a function.
type passage struct {
	function string
	record   *kgo.Record
}

// seen is a record and when it was read back.
type seen struct {
	record *kgo.Record
	at     time.Time
}

// traces recognises events by the trace in their headers.
type traces struct {
	mu      sync.Mutex
	all     map[string]*trace
	order   []string
	detail  []string
	samples []sample  // end-to-end latencies
	last    time.Time // when the last traced record came
}

type sample struct {
	at    time.Time
	value time.Duration
}

const (
	tracesMax  = 200_000
	detailMax  = 50
	samplesMax = 20_000
	window     = 30 * time.Second
)

// newTrace returns a W3C trace parent and the id of its trace.
func newTrace() (id, header string) {
	var b [24]byte
	_, _ = rand.Read(b[:]) // never fails
	id = hex.EncodeToString(b[:16])
	return id, "00-" + id + "-" + hex.EncodeToString(b[16:]) + "-01"
}

// traceOf returns the trace id in a record's headers, or an empty string.
func traceOf(r *kgo.Record) string {
	for _, h := range r.Headers {
		if h.Key == traceparent && len(h.Value) == 55 {
			return string(h.Value[3:35])
		}
	}
	return ""
}

// open follows an event from now on.
func (t *traces) open(id, topic string, detail bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.all == nil {
		t.all = map[string]*trace{}
	}
	t.all[id] = &trace{at: time.Now(), topic: topic, detail: detail}
	t.order = append(t.order, id)
	if len(t.order) > tracesMax {
		delete(t.all, t.order[0])
		t.order = t.order[1:]
	}
	if detail {
		t.detail = append(t.detail, id)
		if len(t.detail) > detailMax {
			delete(t.all, t.detail[0])
			t.detail = t.detail[1:]
		}
	}
}

// note adds a record that was read back.
func (t *traces) note(r *kgo.Record, now time.Time, terminal, dead bool) {
	id := traceOf(r)
	if id == "" {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	tr := t.all[id]
	if tr == nil {
		return
	}
	if tr.detail {
		tr.steps = append(tr.steps, &seen{r, now})
	}
	t.last = now
	switch {
	case dead:
		tr.dead++
	case terminal:
		tr.results++
		t.samples = append(t.samples, sample{now, now.Sub(tr.at)})
		if len(t.samples) > samplesMax {
			t.samples = slices.Delete(t.samples, 0, samplesMax/4)
		}
	}
}

// pass records where the outputs of a function ended when it was done with a record.
func (t *traces) pass(id string, p passage, ends map[string][]position) {
	t.mu.Lock()
	defer t.mu.Unlock()
	tr := t.all[id]
	if tr == nil {
		return
	}
	if tr.passed == nil {
		tr.passed = map[passage]map[string][]position{}
	}
	tr.passed[p] = ends
}

// get returns a copy of a trace.
func (t *traces) get(id string) (trace, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	tr := t.all[id]
	if tr == nil {
		return trace{}, false
	}
	copied := *tr
	copied.steps, copied.passed = slices.Clone(tr.steps), maps.Clone(tr.passed)
	return copied, true
}

// outcome returns how many traces of a topic have a result, a dead letter, or neither
// so far.
func (t *traces) outcome(ids []string) (results, dead, open int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, id := range ids {
		switch tr := t.all[id]; {
		case tr == nil:
		case tr.results > 0:
			results++
		case tr.dead > 0:
			dead++
		default:
			open++
		}
	}
	return results, dead, open
}

// lastAt returns when the last record of a trace was read back.
func (t *traces) lastAt() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last
}

// latency returns the quantiles of what arrived since a moment, in seconds.
func (t *traces) latency(since time.Time, want ...float64) []float64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	var list []time.Duration
	for i := len(t.samples) - 1; i >= 0 && t.samples[i].at.After(since); i-- {
		list = append(list, t.samples[i].value)
	}
	if len(list) == 0 {
		return nil
	}
	slices.Sort(list)
	var out []float64
	for _, q := range want {
		out = append(out, list[min(len(list)-1, int(q*float64(len(list))))].Seconds())
	}
	return out
}
