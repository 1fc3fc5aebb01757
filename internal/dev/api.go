// SPDX-License-Identifier: Apache-2.0

package dev

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/contract"
)

func answer(w http.ResponseWriter, code int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(value)
}

// refuse answers that a request is wrong, and why.
func refuse(w http.ResponseWriter, code int, format string, args ...any) {
	answer(w, code, map[string]string{"error": fmt.Sprintf(format, args...)})
}

func (l *lab) getState(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, text := l.sampler.last()
	if text == nil {
		text = []byte("null")
	}
	_, _ = w.Write(text)
}

// getStream sends the state as server-sent events.
func (l *lab) getStream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	control := http.NewResponseController(w)
	wake, stop := l.sampler.listen()
	defer stop()
	for {
		if _, text := l.sampler.last(); text != nil {
			if _, err := fmt.Fprintf(w, "data: %s\n\n", text); err != nil {
				return
			}
			if control.Flush() != nil {
				return
			}
		}
		select {
		case <-wake:
		case <-l.done:
			return
		case <-r.Context().Done():
			return
		}
	}
}

func (l *lab) getSamples(w http.ResponseWriter, _ *http.Request) {
	type sample struct {
		Name  string `json:"name"`
		Key   string `json:"key"`
		Value string `json:"value"`
	}
	all := map[string][]sample{}
	for _, topic := range l.plan.names() {
		list := l.samples[topic]
		if len(list) == 0 {
			list = generic
		}
		for i := range list {
			shown := indent(list[i].Value)
			var plain string
			if json.Unmarshal(list[i].Value, &plain) == nil {
				shown = plain
			}
			all[topic] = append(all[topic], sample{list[i].Name, list[i].Key, shown})
		}
	}
	answer(w, http.StatusOK, all)
}

func (l *lab) getRecords(w http.ResponseWriter, r *http.Request) {
	topic := r.PathValue("topic")
	if _, ok := l.plan.topics.Topics[topic]; !ok {
		refuse(w, http.StatusNotFound, "the stack has no topic %q", topic)
		return
	}
	answer(w, http.StatusOK, l.observer.last(topic, 50))
}

// Trace is an event's path through the stack.
type Trace struct {
	ID    string      `json:"id"`
	Topic string      `json:"topic"`
	Start time.Time   `json:"start"`
	Steps []TraceStep `json:"steps"`
	Done  bool        `json:"done"`

	// Silent are functions that took the event and wrote nothing.
	Silent []string `json:"silent,omitempty"`
}

// TraceStep is a record of the trace.
type TraceStep struct {
	Record
	After float64 `json:"after"` // seconds since it was produced
	By    string  `json:"by,omitempty"`
	Dead  bool    `json:"dead,omitempty"`
	Last  bool    `json:"last,omitempty"`
}

func (l *lab) getTrace(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	before, ok := l.traces.get(id)
	if !ok || !before.detail {
		refuse(w, http.StatusNotFound, "no event with trace %q is followed", id)
		return
	}
	// What has been read back by now is in the trace that is looked at next.
	complete := map[passage]bool{}
	for p, ends := range before.passed {
		complete[p] = l.observer.reached(ends)
	}
	tr, _ := l.traces.get(id)
	answer(w, http.StatusOK, l.describe(r, id, tr, complete))
}

// describe finds which function wrote each record, and whether all is done: every
// function that reads a topic of the trace has committed past its record, and what it
// had written by then has been read back, which complete says.
func (l *lab) describe(r *http.Request, id string, tr trace, complete map[passage]bool) Trace {
	out := Trace{ID: id, Topic: tr.topic, Start: tr.at, Steps: []TraceStep{}, Done: len(tr.steps) > 0}
	for _, s := range tr.steps {
		step := TraceStep{
			Record: show(s), After: s.at.Sub(tr.at).Seconds(), Dead: l.plan.dead(s.record.Topic),
			Last: l.plan.terminal(s.record.Topic),
		}
		step.By = l.writer(tr, s)
		out.Steps = append(out.Steps, step)
	}
	for _, f := range l.functions {
		for _, s := range tr.steps {
			if s.record.Topic != f.cfg.Source.Topic {
				continue
			}
			p := passage{f.cfg.Name, s.record}
			if !complete[p] {
				out.Done = false
				if tr.passed[p] == nil {
					l.watch(r.Context(), id, f.cfg, p)
				}
				continue
			}
			if !slices.ContainsFunc(out.Steps, func(o TraceStep) bool { return o.By == f.cfg.Name }) {
				out.Silent = append(out.Silent, f.cfg.Name)
			}
		}
	}
	return out
}

// watch checks whether a function has committed past a record, and if so where its
// outputs end.
func (l *lab) watch(ctx context.Context, id string, f contract.RunnerConfig, p passage) {
	at := l.broker.committed(ctx, f.Source.ConsumerGroup, p.record.Topic)
	if int(p.record.Partition) >= len(at) || at[p.record.Partition] <= p.record.Offset {
		return
	}
	if ends, err := l.broker.ends(ctx, used(f)[1:]); err == nil {
		l.traces.pass(id, p, ends)
	}
}

// writer returns the function that wrote a record: a dead letter names it; otherwise it
// is the one that reads a topic of the trace and has this one as a sink.
func (l *lab) writer(tr trace, s *seen) string {
	for _, h := range s.record.Headers {
		if h.Key == "helm-wasm-function" {
			return string(h.Value)
		}
	}
	for _, f := range l.functions {
		reads := slices.ContainsFunc(tr.steps, func(o *seen) bool { return o != s && o.record.Topic == f.cfg.Source.Topic })
		if reads && slices.Contains(outputs(f.cfg), s.record.Topic) {
			return f.cfg.Name
		}
	}
	return ""
}

func (l *lab) postProduce(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Topic, Key, Value string
		Headers           map[string]string
		Raw               bool // the value need not be JSON
	}
	if !decode(w, r, &in) {
		return
	}
	if _, ok := l.plan.topics.Topics[in.Topic]; !ok {
		refuse(w, http.StatusBadRequest, "topic: the stack has no topic %q; it has %q", in.Topic, l.plan.names())
		return
	}
	if !in.Raw {
		var tree json.RawMessage
		if err := json.Unmarshal([]byte(in.Value), &tree); err != nil {
			refuse(w, http.StatusBadRequest, "value: not JSON: %v; to send it anyway, choose plain text", err)
			return
		}
	}
	number := int(l.number.Add(1))
	key, value := (&Sample{Key: in.Key, Value: quoted(in.Value)}).fill(number)
	record := &kgo.Record{Topic: in.Topic, Value: value}
	if in.Key != "" {
		record.Key = key
	}
	for name, value := range in.Headers {
		if name != traceparent {
			record.Headers = append(record.Headers, kgo.RecordHeader{Key: name, Value: []byte(value)})
		}
	}
	ids, err := l.send(r.Context(), []*kgo.Record{record}, true)
	if err != nil {
		refuse(w, http.StatusBadGateway, "%v", err)
		return
	}
	answer(w, http.StatusOK, map[string]any{"trace": ids[0], "topic": record.Topic, "partition": record.Partition, "offset": record.Offset})
}

func quoted(text string) json.RawMessage {
	b, _ := json.Marshal(text) // strings always marshal
	return b
}

// burstMax is the most events that one click sends.
const burstMax = 20_000

func (l *lab) postBurst(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Topic string
		Count int
	}
	if !decode(w, r, &in) {
		return
	}
	if _, ok := l.plan.topics.Topics[in.Topic]; !ok {
		refuse(w, http.StatusBadRequest, "topic: the stack has no topic %q", in.Topic)
		return
	}
	if in.Count < 1 || in.Count > burstMax {
		refuse(w, http.StatusBadRequest, "count: %d is not between 1 and %d", in.Count, burstMax)
		return
	}
	if _, err := l.send(r.Context(), l.burst(in.Topic, in.Count), false); err != nil {
		refuse(w, http.StatusBadGateway, "%v", err)
		return
	}
	l.journal.add("info", "", "%d sample events sent to %s", in.Count, in.Topic)
	answer(w, http.StatusOK, map[string]int{"sent": in.Count})
}

func (l *lab) postReplicas(w http.ResponseWriter, r *http.Request) {
	var in struct{ Replicas int }
	if !decode(w, r, &in) {
		return
	}
	at := slices.IndexFunc(l.functions, func(f *function) bool { return f.cfg.Name == r.PathValue("name") })
	switch {
	case at < 0:
		refuse(w, http.StatusNotFound, "the stack has no function %q", r.PathValue("name"))
	case in.Replicas < 1 || in.Replicas > maxReplicas:
		refuse(w, http.StatusBadRequest, "replicas: %d is not between 1 and %d", in.Replicas, maxReplicas)
	default:
		l.functions[at].resize(in.Replicas)
		answer(w, http.StatusOK, map[string]int{"replicas": in.Replicas})
	}
}

// decode reads one JSON object, strictly.
func decode(w http.ResponseWriter, r *http.Request, into any) bool {
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		refuse(w, http.StatusBadRequest, "reading the request: %v", err)
		return false
	}
	return true
}
