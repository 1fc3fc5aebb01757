// SPDX-License-Identifier: Apache-2.0

// Package lookout knows the lag of consumer groups at all times, with one Kafka
// client for all of them: it looks at offsets regularly, and where nothing is
// to do it waits in fetches that the brokers answer when an event arrives.
package lookout

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/helm-wasm/helm-wasm/internal/runner/broker"
	"github.com/helm-wasm/helm-wasm/internal/runner/health"
	"github.com/helm-wasm/helm-wasm/internal/runner/scaler/demand"
)

// Times of a Lookout. Tests shorten them.
type Times struct {
	Busy  time.Duration // between looks at groups that have something to do
	Idle  time.Duration // between looks at the others, whose events fetches report
	Limit time.Duration // for the answers to a look
	Fresh time.Duration // how long facts count while the brokers do not answer
	Keep  time.Duration // how long a target is watched that nobody asks for
	Wait  time.Duration // how long brokers hold a fetch that has nothing to report
	Pause time.Duration // after a fetch that had something
}

// Usual are the times that pods use.
var Usual = Times{
	Busy: time.Second, Idle: 5 * time.Second, Limit: 5 * time.Second, Fresh: 15 * time.Second, Keep: 10 * time.Minute,
	Wait: time.Second, Pause: 50 * time.Millisecond,
}

// Most is how many targets a Lookout watches. Whoever reaches the scaler can
// name one, so there is an end.
const Most = 10_000

// ErrMany says that there are too many targets.
var ErrMany = fmt.Errorf("%d targets are watched already: they are forgotten when nobody asks for them", Most)

// Lookout watches targets.
type Lookout struct {
	client     *kgo.Client
	conditions *health.Conditions
	metrics    *Metrics
	times      Times
	kick       chan struct{} // asks for a look

	mu      sync.Mutex
	targets map[string]*Target
	facts   facts
	looked  chan struct{} // closed after each look, and renewed
	problem error         // of the last look
	loops   map[int32]bool
}

// New makes a Lookout, which Run runs. Conditions show when brokers do not answer.
func New(client *kgo.Client, conditions *health.Conditions, metrics *Metrics, times Times) *Lookout {
	return &Lookout{
		client: client, conditions: conditions, metrics: metrics, times: times,
		kick: make(chan struct{}, 1), looked: make(chan struct{}),
		targets: map[string]*Target{}, loops: map[int32]bool{},
		facts: facts{topics: map[string]*topic{}, groups: map[pair]*group{}},
	}
}

// Target is what somebody asks for.
type Target struct {
	demand.Target
	lookout *Lookout
	state   demand.Demand
	err     error     // what is wrong with a topic or group of it
	late    error     // why there are no newer facts
	since   time.Time // of the oldest fact; zero when some are missing
	rises   uint64    // how often it became active
	changed chan struct{}
	users   int
	last    time.Time // when the last user left
}

// Use returns the target of a key, which parse makes when it is not there.
// Release it.
func (l *Lookout) Use(key string, parse func() (demand.Target, error)) (*Target, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t, ok := l.targets[key]
	if !ok {
		if len(l.targets) >= Most {
			return nil, ErrMany
		}
		parsed, err := parse()
		if err != nil {
			return nil, err
		}
		t = &Target{Target: parsed, lookout: l, changed: make(chan struct{})}
		l.targets[key] = t
		l.judge(t) // what it needs may be known
		l.look()
	}
	t.users++
	return t, nil
}

// Release ends a Use.
func (t *Target) Release() {
	t.lookout.mu.Lock()
	defer t.lookout.mu.Unlock()
	t.users--
	t.last = time.Now()
}

// State is whether the target is active, how often it has become so, and a
// channel that closes when that changes.
func (t *Target) State() (active bool, rises uint64, changed <-chan struct{}) {
	t.lookout.mu.Lock()
	defer t.lookout.mu.Unlock()
	return t.state.Active, t.rises, t.changed
}

// Now is what the target asks for. It waits for facts until ctx is done.
func (t *Target) Now(ctx context.Context) (demand.Demand, error) {
	l := t.lookout
	for {
		l.mu.Lock()
		state, err, fresh := t.state, t.err, !t.since.IsZero() && time.Since(t.since) < l.times.Fresh
		looked, problem := l.looked, cmp.Or(l.problem, t.late)
		l.mu.Unlock()
		if err != nil {
			return demand.Demand{}, err
		}
		if fresh {
			return state, nil
		}
		select {
		case <-looked:
		case <-ctx.Done():
			if problem == nil {
				problem = fmt.Errorf("the brokers have not answered yet: %w", ctx.Err())
			}
			return demand.Demand{}, problem
		}
	}
}

// look asks for a look soon.
func (l *Lookout) look() {
	select {
	case l.kick <- struct{}{}:
	default:
	}
}

// Run looks until ctx is done.
func (l *Lookout) Run(ctx context.Context) {
	var loops sync.WaitGroup
	defer loops.Wait()
	tick := time.NewTicker(l.times.Busy)
	defer tick.Stop()
	for {
		l.lookOnce(ctx)
		for _, id := range l.unwatched() {
			loops.Go(func() { l.watch(ctx, id) })
		}
		select {
		case <-tick.C:
		case <-l.kick:
		case <-ctx.Done():
			return
		}
	}
}

func (l *Lookout) lookOnce(ctx context.Context) {
	l.mu.Lock()
	l.sweep()
	question := l.facts.due(time.Now(), l.times)
	l.mu.Unlock()
	begin := time.Now()
	limit, cancel := context.WithTimeout(ctx, l.times.Limit)
	answer, err := ask(limit, kadm.NewClient(l.client), question)
	cancel()
	if ctx.Err() != nil {
		return
	}
	if len(question.topics) > 0 {
		l.metrics.Looks.Observe(time.Since(begin).Seconds())
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.facts.take(question, answer, time.Now())
	l.report(err)
	for _, t := range l.targets {
		l.judge(t)
	}
	close(l.looked)
	l.looked = make(chan struct{})
}

// report shows how a look went.
func (l *Lookout) report(err error) {
	if err == nil {
		l.problem = nil
		l.conditions.Clear("brokers")
		return
	}
	l.metrics.Errors.Inc()
	l.problem = fmt.Errorf("looking at offsets: %s", broker.Explain(err))
	l.conditions.Degrade("brokers", l.problem.Error())
}

// unwatched are brokers that lead a partition, and that no loop of fetches
// belongs to yet.
func (l *Lookout) unwatched() (ids []int32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, t := range l.facts.topics {
		for _, p := range t.partitions {
			if p.leader >= 0 && !l.loops[p.leader] {
				l.loops[p.leader] = true
				ids = append(ids, p.leader)
			}
		}
	}
	return ids
}

// sweep forgets targets that nobody has asked for in a long time, and notes
// what the others need.
func (l *Lookout) sweep() {
	maps.DeleteFunc(l.targets, func(_ string, t *Target) bool {
		return t.users == 0 && !t.last.IsZero() && time.Since(t.last) > l.times.Keep
	})
	l.facts.keep(func(yield func(*demand.Function) bool) {
		for _, t := range l.targets {
			for i := range t.Target {
				if !yield(&t.Target[i]) {
					return
				}
			}
		}
	})
}

// judge takes the facts into a target's state.
func (l *Lookout) judge(t *Target) {
	t.err, t.late, t.since = nil, nil, time.Now()
	var problems []string
	for i := range t.Target {
		since, err, late := l.facts.about(&t.Target[i])
		t.late = cmp.Or(t.late, late)
		if err != nil {
			problems = append(problems, err.Error())
		}
		if since.Before(t.since) {
			t.since = since
		}
	}
	if len(problems) > 0 {
		slices.Sort(problems)
		t.err = fmt.Errorf("%s", strings.Join(slices.Compact(problems), "; "))
		return
	}
	if t.since.IsZero() {
		return
	}
	before := t.state.Active
	t.state = t.Demand(l.facts.partitions)
	if t.state.Active != before {
		if t.state.Active {
			t.rises++
		}
		close(t.changed)
		t.changed = make(chan struct{})
	}
}
