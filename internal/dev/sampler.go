// SPDX-License-Identifier: Apache-2.0

package dev

import (
	"context"
	"encoding/json"
	"sync"
	"time"
)

// sampler reads everything twice a second and sends it to those who listen.
type sampler struct {
	lab     *lab
	history map[string]*history
	topics  map[string][]level

	mu        sync.Mutex
	state     State
	text      []byte
	listeners map[chan struct{}]bool
}

// level is how much a topic had at a moment.
type level struct {
	at      time.Time
	records int64
}

func newSampler(l *lab) *sampler {
	s := &sampler{lab: l, history: map[string]*history{}, topics: map[string][]level{}, listeners: map[chan struct{}]bool{}}
	for _, f := range l.functions {
		s.history[f.cfg.Name] = &history{}
	}
	return s
}

func (s *sampler) run(ctx context.Context) {
	ticker := time.NewTicker(sampleEvery)
	defer ticker.Stop()
	for {
		s.sample(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (s *sampler) sample(ctx context.Context) {
	limit, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	l := s.lab
	state := State{
		Stack: l.options.Name, Now: time.Now(), Started: l.started, Journal: l.journal.list(),
		Broker:  BrokerState{l.broker.title(), l.broker.embedded != nil, l.broker.addrs},
		Latency: l.traces.latency(time.Now().Add(-window), 0.5, 0.95, 0.99),
	}
	// Commits first: what they cover is within the ends, which are read after them.
	commits := map[string][]int64{}
	for _, f := range l.functions {
		commits[f.cfg.Name] = l.broker.committed(limit, f.cfg.Source.ConsumerGroup, f.cfg.Source.Topic)
	}
	ends, err := l.broker.ends(limit, l.plan.names())
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		state.Problem = err.Error()
	}
	for _, f := range l.functions {
		state.Functions = append(state.Functions, s.function(f, ends[f.cfg.Source.Topic], commits[f.cfg.Name], err == nil))
	}
	for _, name := range l.plan.names() {
		topic := TopicState{Name: name, Partitions: l.broker.partitions[name], Dead: l.plan.dead(name), Terminal: l.plan.terminal(name)}
		for _, p := range ends[name] {
			topic.Records += p.end - p.start
		}
		if err == nil {
			topic.Rate = s.rate(name, level{time.Now(), topic.Records})
		}
		state.Topics = append(state.Topics, topic)
	}
	text, err := json.Marshal(state)
	if err != nil {
		return // no State is unmarshalable
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state, s.text = state, text
	for listener := range s.listeners {
		select {
		case listener <- struct{}{}:
		default:
		}
	}
}

// rate returns the rate of a topic over about two seconds.
func (s *sampler) rate(topic string, now level) float64 {
	past := append(s.topics[topic], now)
	past = past[max(0, len(past)-5):]
	s.topics[topic] = past
	seconds := now.at.Sub(past[0].at).Seconds()
	if seconds <= 0 {
		return 0
	}
	return max(0, float64(now.records-past[0].records)/seconds)
}

func (s *sampler) function(f *function, partitions []position, commits []int64, fresh bool) FunctionState {
	out := FunctionState{
		Name: f.cfg.Name, Source: f.cfg.Source.Topic, Sinks: outputs(f.cfg), Dead: f.cfg.OnError.DeadLetterTopic,
		Group: f.cfg.Source.ConsumerGroup, Partitions: []int64{},
	}
	f.fill(&out)
	h := s.history[f.cfg.Name]
	for id, p := range partitions {
		p.committed = commits[id]
		if p.committed < 0 && f.cfg.Source.OffsetResetPolicy == "latest" {
			p.committed = p.end // nothing before the group began is its work
		}
		out.Partitions = append(out.Partitions, p.lag())
		out.Lag += p.lag()
	}
	if fresh {
		h.add(point{at: time.Now(), counts: f.counts(), lag: out.Lag})
	}
	h.fill(&out)
	return out
}

// last returns the last state, and the same as JSON.
func (s *sampler) last() (State, []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state, s.text
}

// listen wakes a channel at each sample until stop is called.
func (s *sampler) listen() (wake chan struct{}, stop func()) {
	wake = make(chan struct{}, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listeners[wake] = true
	return wake, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.listeners, wake)
	}
}
