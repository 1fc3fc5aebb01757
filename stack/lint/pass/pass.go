// SPDX-License-Identifier: Apache-2.0

// Package pass is what the check of a rule works with: the values in effect, the
// place in the files where each of them is set, the functions and workloads with
// their triggers, and a way to report. It knows no rule. The package is pure.
package pass

import (
	"maps"
	"slices"
	"strconv"

	"github.com/helm-wasm/helm-wasm/internal/manifests"
	"github.com/helm-wasm/helm-wasm/internal/suggest"
	"github.com/helm-wasm/helm-wasm/stack/schema"
	"github.com/helm-wasm/helm-wasm/stack/values"
)

// Options adjust Lint.
type Options struct {
	// Ignore are ids of rules to leave out.
	Ignore []string

	// Release and Namespace of the install, where known.
	Release, Namespace string

	// Modules say what is known of functions' binaries, by function name.
	Modules map[string]ModuleInfo

	// Inspect reads a binary that the values hold themselves, in a ConfigMap of
	// extraObjects. Nil leaves such modules unread.
	Inspect func(wasm []byte) (ModuleInfo, error)
}

// ModuleInfo is what is known of a function's binary from reading it.
type ModuleInfo struct {
	// ABI the module fits: redpanda, extism, wasi or http. Empty is unknown.
	ABI string

	// MinMemory is the linear memory in bytes that it starts with.
	MinMemory int64

	// Exports are the names of its exported functions; nil is unknown.
	Exports []string
}

// Pass is one run of the linter over one document.
type Pass struct {
	Options
	Doc    *values.Document
	Values schema.Values // in effect, once Resolve has been called

	// Functions and Workloads are those that are enabled, sorted by name.
	Functions, Workloads []*Scope

	// Scaled are the ScaledObjects and ScaledJobs in hand that the chart does not make.
	Scaled []*Scope

	// Reported, if set, is called with each finding when it is made: tests look
	// where it comes from.
	Reported func(Finding)

	running  running
	findings Findings
	seen     map[seenKey]bool
	broken   map[string]bool // paths of values of a wrong type
	counts   map[kind]*int   // findings so far
	last     kind            // what was counted last,
	tally    *int            // and its place in counts: findings of a kind come in runs

	objects   manifests.Set
	manifests bool // instead of values: paths begin with the number of an object
	scalers   map[string][]Param
	fullname  string // prefix of objects' names; empty is unknown
	cut       map[string]string
	compared  int      // words, to find what was meant
	topicList []string // of kafka.topics, sorted when first asked for
}

// running is the rule whose check runs.
type running struct {
	rule     string
	severity Severity
}

// New begins a pass over a document, of which only the tree is known yet.
func New(d *values.Document, opts Options) *Pass {
	return &Pass{Doc: d, Options: opts}
}

// Resolve works out the values in effect and gathers once what many rules look at.
func (p *Pass) Resolve() {
	p.Values = schema.Effective(p.Doc.Tree())
	p.readExtraObjects()
	p.readFullname()
	for _, name := range slices.Sorted(maps.Keys(p.Values.Functions)) {
		if f := p.Values.Functions[name]; f.Enabled == nil || *f.Enabled {
			p.Functions = append(p.Functions, p.function(name, &f))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Values.Workloads)) {
		if w := p.Values.Workloads[name]; w.Enabled == nil || *w.Enabled {
			p.Workloads = append(p.Workloads, p.workload(name, &w))
		}
	}
	p.scaledObjects()
}

// ResolveManifests takes manifests instead of values.
func (p *Pass) ResolveManifests(objects []Object) {
	p.manifests = true
	for i, o := range objects {
		o.Root = []string{strconv.Itoa(i)}
		p.objects.Add(o)
	}
	p.scaledObjects()
}

// Begin says which rule's check runs next: what it reports is that rule's.
func (p *Pass) Begin(rule string, severity Severity) {
	p.running = running{rule, severity}
}

// Scopes are the functions, then the workloads, then ScaledObjects of others.
func (p *Pass) Scopes() []*Scope { return slices.Concat(p.Functions, p.Workloads, p.Scaled) }

// Partitions of a topic; 0 where the values do not say.
func (p *Pass) Partitions(topic string) int { return p.Values.Kafka.Topics[topic].Partitions }

// TopicNames are the keys of kafka.topics, sorted. Fixes choose among them.
func (p *Pass) TopicNames() []string {
	if p.topicList == nil {
		p.topicList = slices.Sorted(maps.Keys(p.Values.Kafka.Topics))
	}
	return p.topicList
}

// Nearest is the candidate that a word was probably meant to be, or empty. It
// stops looking after 20,000 comparisons: of thousands of topics none is looked
// at a hundred times.
func (p *Pass) Nearest(word string, candidates []string) string {
	if p.compared += len(candidates); p.compared > 20_000 {
		return ""
	}
	return suggest.Nearest(word, candidates)
}

// Given reports whether the files say something other than null at a path.
func (p *Pass) Given(path ...string) bool {
	v, given := p.at(path)
	return given && v != nil
}

// at is the value of the files at a path, or that of the null that cuts it off.
func (p *Pass) at(path []string) (v any, given bool) {
	if p.manifests {
		v, path = p.object(path).Tree(), path[1:]
	} else {
		v = p.Doc.Tree()
	}
	for _, key := range path {
		if list, ok := v.([]any); ok {
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(list) {
				return nil, false
			}
			v = list[i]
			continue
		}
		m, ok := v.(map[string]any)
		if !ok {
			return nil, v == nil
		}
		if v, ok = m[key]; !ok {
			return nil, false
		}
	}
	return v, true
}

// object is the manifest that a path begins with.
func (p *Pass) object(path []string) *Object {
	i, _ := strconv.Atoi(path[0])
	return &p.objects.All()[i]
}

// Under is a path below another: Under("kafka", "topics")("orders") is that of a topic.
func Under(root ...string) func(path ...string) []string {
	return func(path ...string) []string { return append(root[:len(root):len(root)], path...) }
}
