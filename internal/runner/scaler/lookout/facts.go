// SPDX-License-Identifier: Apache-2.0

package lookout

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/helm-wasm/helm-wasm/internal/runner/broker"
	"github.com/helm-wasm/helm-wasm/internal/runner/scaler/demand"
)

// facts are what the brokers said last.
type facts struct {
	topics map[string]*topic
	groups map[pair]*group
}

type topic struct {
	id         [16]byte
	partitions map[int32]*partition
	err        error
	late       error     // why the last look found nothing new
	since      time.Time // of the last answer
	unled      bool      // who leads its partitions is to be asked
	blind      time.Time // until then it is not fetched from
}

type partition struct {
	leader     int32
	start, end int64 // start is demand.None when it is not known
}

// pair is a consumer group on a topic.
type pair struct{ group, topic string }

type group struct {
	functions []*demand.Function // that count its lag, each by its own rules
	committed map[int32]int64
	still     map[int32]int
	err       error
	late      error
	since     time.Time
}

// keep forgets what no function needs, and makes room for what one needs.
func (f *facts) keep(functions iter.Seq[*demand.Function]) {
	for _, g := range f.groups {
		g.functions = nil
	}
	used := map[string]bool{}
	for fn := range functions {
		at := pair{fn.Group, fn.Topic}
		if f.groups[at] == nil {
			f.groups[at] = &group{still: map[int32]int{}}
		}
		f.groups[at].functions = append(f.groups[at].functions, fn)
		if used[fn.Topic] = true; f.topics[fn.Topic] == nil {
			f.topics[fn.Topic] = &topic{unled: true}
		}
	}
	maps.DeleteFunc(f.groups, func(_ pair, g *group) bool { return len(g.functions) == 0 })
	maps.DeleteFunc(f.topics, func(name string, _ *topic) bool { return !used[name] })
}

// due is what a look at this time asks for: groups that have something to do,
// or that no fetch tells about, at each; the others every Idle.
func (f *facts) due(now time.Time, times Times) question {
	q := question{groups: map[string]bool{}, topics: map[string]bool{}, starts: map[string]bool{}, leaders: map[string]bool{}}
	for at, g := range f.groups {
		t := f.topics[at.topic]
		watched := !t.unled && t.err == nil && now.After(t.blind) && !f.busy(at, g)
		if watched && now.Sub(older(g.since, t.since)) < times.Idle {
			continue
		}
		q.groups[at.group], q.topics[at.topic] = true, true
		if t.unled {
			q.leaders[at.topic] = true
		}
		if slices.ContainsFunc(g.functions, func(fn *demand.Function) bool { return !fn.Latest && !fn.ZeroOnInvalid }) &&
			(len(g.committed) == 0 || len(g.committed) < len(t.partitions)) {
			q.starts[at.topic] = true
		}
	}
	return q
}

// take enters what the brokers answered.
func (f *facts) take(q question, a answer, now time.Time) {
	for name := range q.topics {
		if t := f.topics[name]; t != nil && a.ends != nil {
			t.take(name, q, a, now)
		}
	}
	for at, g := range f.groups {
		if q.groups[at.group] && q.topics[at.topic] {
			g.take(at, a, now)
		}
	}
}

// passes says that an error is over soon: a leader or coordinator moves. What is
// known counts until it is too old. A topic that is missing may come, too, but
// who asks for it should know.
func passes(err error) bool {
	return kerr.IsRetriable(err) && !errors.Is(err, kerr.UnknownTopicOrPartition)
}

func (t *topic) take(name string, q question, a answer, now time.Time) {
	ends := a.ends[name]
	t.err, t.late = nil, nil
	if len(ends) == 0 {
		t.err = fmt.Errorf("topic %q: the brokers do not tell its offsets", name)
	}
	for _, end := range ends {
		if end.Err == nil {
			continue
		}
		err := fmt.Errorf("topic %q: %s", name, broker.Explain(end.Err))
		if passes(end.Err) {
			t.late = err
		} else {
			t.err = err
		}
	}
	if t.err != nil || t.late != nil {
		t.unled = true
		return
	}
	t.since = now
	before := t.partitions
	t.partitions = make(map[int32]*partition, len(ends))
	for id, end := range ends {
		p := &partition{leader: demand.None, start: demand.None, end: end.Offset}
		if old := before[id]; old != nil {
			p.leader, p.start = old.leader, old.start
		}
		if start, ok := a.starts[name][id]; ok && start.Err == nil {
			p.start = start.Offset
		}
		t.partitions[id] = p
	}
	if detail, asked := a.details[name]; asked && q.leaders[name] {
		t.id = detail.ID
		for id, p := range t.partitions {
			if d, ok := detail.Partitions[id]; ok {
				p.leader = d.Leader
			}
		}
	}
	t.unled = false
	for _, p := range t.partitions {
		t.unled = t.unled || p.leader < 0
	}
}

func (g *group) take(at pair, a answer, now time.Time) {
	fetched, ok := a.commits[at.group]
	if !ok {
		return
	}
	// A group that has never had a member or a commit may not be there.
	if g.err, g.late = nil, nil; fetched.Err != nil && !errors.Is(fetched.Err, kerr.GroupIDNotFound) {
		g.fail(fetched.Err, fmt.Errorf("group %q: %s", at.group, broker.Explain(fetched.Err)))
		return
	}
	committed, still := map[int32]int64{}, map[int32]int{}
	for id, offset := range fetched.Fetched[at.topic] {
		if offset.Err != nil {
			g.fail(offset.Err, fmt.Errorf("group %q: topic %q: %s", at.group, at.topic, broker.Explain(offset.Err)))
			return
		}
		if offset.At < 0 {
			continue
		}
		committed[id] = offset.At
		if old, known := g.committed[id]; known && old == offset.At {
			still[id] = g.still[id] + 1
		}
	}
	g.committed, g.still, g.since = committed, still, now
}

func (g *group) fail(cause, err error) {
	if passes(cause) {
		g.late = err
	} else {
		g.err = err
	}
}

// about says how old the facts are that a function's demand follows from, what
// is wrong with them, and why there are no newer ones.
func (f *facts) about(fn *demand.Function) (since time.Time, err, late error) {
	t, g := f.topics[fn.Topic], f.groups[pair{fn.Group, fn.Topic}]
	if t == nil || g == nil {
		return time.Time{}, nil, nil
	}
	return older(t.since, g.since), cmp.Or(t.err, g.err), cmp.Or(t.late, g.late)
}

func older(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// partitions are those of a function's topic, with its group's commits.
func (f *facts) partitions(fn *demand.Function) []demand.Partition {
	t, g := f.topics[fn.Topic], f.groups[pair{fn.Group, fn.Topic}]
	list := make([]demand.Partition, 0, len(t.partitions))
	for id, p := range t.partitions {
		committed, ok := g.committed[id]
		if !ok {
			committed = demand.None
		}
		list = append(list, demand.Partition{ID: id, Start: p.start, End: p.end, Committed: committed, Still: g.still[id]})
	}
	return list
}

// busy says that every function of a group is active, so that a look, not an
// event, brings the next change.
func (f *facts) busy(at pair, g *group) bool {
	if f.topics[at.topic].partitions == nil {
		return true
	}
	return !slices.ContainsFunc(g.functions, func(fn *demand.Function) bool { return !fn.Demand(f.partitions(fn)).Active })
}
