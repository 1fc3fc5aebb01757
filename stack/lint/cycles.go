// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"maps"
	"slices"
	"strings"
)

// cycles finds functions that feed one another in a ring.
func (l *linter) cycles() {
	next := map[string][]string{} // topic -> topics written by its readers
	reader := map[string]string{} // topic -> the first function that reads it
	for _, name := range l.functions {
		f := l.v.Functions[name]
		if f.Source.Topic == "" {
			continue
		}
		if reader[f.Source.Topic] == "" {
			reader[f.Source.Topic] = name
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
				l.ring(reader[t], trail[at-1:])
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

func (l *linter) ring(reader string, topics []string) {
	text := "..."
	if len(topics) <= 20 && !l.full("HW45") {
		text = strings.Join(topics, " -> ")
	} else if !l.full("HW45") {
		text = strings.Join(topics[:20], " -> ") + " -> ..."
	}
	l.add("HW45", []string{"functions", reader, "source", "topic"},
		"events run in a ring: "+text+" -> "+topics[0],
		"break it, unless a function ends it by returning nothing")
}
