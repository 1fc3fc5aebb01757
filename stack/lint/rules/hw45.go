// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"maps"
	"slices"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "HW45", Severity: Warning, Title: "Functions feed one another in a ring",
	Why: "Unless one of them drops events, they circulate forever and multiply.",
	Fix: "Break the ring, unless a function ends it by returning nothing.",
	Bad: "functions: {back: {module: {image: " +
		"\"ghcr.io/acme/back@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}, source: " +
		"{topic: orders.enriched}, sink: {topic: orders}, onError: {deadLetterTopic: orders.dead}}}",
	Good: "functions: {mail: {module: {image: " +
		"\"ghcr.io/acme/mail@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}, source: " +
		"{topic: orders.enriched}, onError: {deadLetterTopic: orders.dead}}}",

	Stack: rings,
})

// rings finds functions that feed one another in a ring.
func rings(p *pass.Pass) {
	next := map[string][]string{} // topic -> topics written by its readers
	reader := map[string]string{} // topic -> the first function that reads it
	for _, s := range p.Functions {
		f := s.Function
		if f.Source.Topic == "" {
			continue
		}
		if reader[f.Source.Topic] == "" {
			reader[f.Source.Topic] = s.Name
		}
		for _, t := range append(f.Sink.Topics[:len(f.Sink.Topics):len(f.Sink.Topics)], f.Sink.Topic) {
			if t != "" && t != f.Source.Topic {
				next[f.Source.Topic] = append(next[f.Source.Topic], t)
			}
		}
	}
	const done = -1
	state := map[string]int{} // place in the trail from 1 on, or done
	var trail []string
	var visit func(topic string)
	visit = func(topic string) {
		trail = append(trail, topic)
		state[topic] = len(trail)
		for _, t := range next[topic] {
			switch at := state[t]; {
			case at == 0:
				visit(t)
			case at > 0 && reader[t] != "":
				ring(p, reader[t], trail[at-1:])
			}
		}
		trail = trail[:len(trail)-1]
		state[topic] = done
	}
	for _, topic := range slices.Sorted(maps.Keys(next)) {
		if state[topic] == 0 {
			visit(topic)
		}
	}
}

func ring(p *pass.Pass, reader string, topics []string) {
	text := "..."
	if full := p.Full(Warning); len(topics) <= 20 && !full {
		text = strings.Join(topics, " -> ")
	} else if !full {
		text = strings.Join(topics[:20], " -> ") + " -> ..."
	}
	p.Report([]string{"functions", reader, "source", "topic"},
		"events run in a ring: "+text+" -> "+topics[0],
		"break it, unless a function ends it by returning nothing")
}
