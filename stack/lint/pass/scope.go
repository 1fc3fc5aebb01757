// SPDX-License-Identifier: Apache-2.0

package pass

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// Scope is a function or a workload: its settings, and where they are in the files.
type Scope struct {
	*Pass
	Name string
	Root []string // functions, NAME
	What string   // function "NAME", for messages

	Function *schema.Function // nil for a workload
	Workload *schema.Workload // nil for a function
	Scaling  *schema.Scaling
	Source   *schema.Source

	// NoScaling says that scaling is null, which removes all that KEDA needs.
	NoScaling bool

	Triggers []*Trigger      // those of scaling.triggers, sorted by name
	Kafka    []*KafkaTrigger // that of source, if there is one, then those of Triggers

	module *module // once asked for
}

func (p *Pass) function(name string, f *schema.Function) *Scope {
	s := &Scope{
		Pass: p, Name: name, Root: []string{"functions", name}, What: "function " + strconv.Quote(name),
		Function: f, Scaling: &f.Scaling, Source: &f.Source,
	}
	s.readScaling()
	return s
}

func (p *Pass) workload(name string, w *schema.Workload) *Scope {
	s := &Scope{
		Pass: p, Name: name, Root: []string{"workloads", name}, What: "workload " + strconv.Quote(name),
		Workload: w, Scaling: &w.Scaling, Source: &w.Source,
	}
	s.readScaling()
	return s
}

func (s *Scope) readScaling() {
	s.NoScaling = s.IsNull("scaling")
	if s.Source.Topic != "" {
		s.Kafka = append(s.Kafka, s.ownTrigger())
	}
	for _, name := range slices.Sorted(maps.Keys(s.Scaling.Triggers)) {
		t := s.trigger(name)
		s.Triggers = append(s.Triggers, t)
		if t.IsKafka() {
			s.Kafka = append(s.Kafka, s.rawTrigger(t))
		}
	}
}

// At is where the files set a field of the scope: in itself, in defaults, or else
// nowhere, which is reported at the scope.
func (s *Scope) At(field string) []string {
	if field == "" {
		return s.Root
	}
	keys := strings.Split(field, ".")
	own := append(s.Root[:len(s.Root):len(s.Root)], keys...)
	if s.Given(own...) {
		return own
	}
	if def := append([]string{"defaults"}, keys...); s.Given(def...) {
		return def
	}
	return own
}

// KeyAt is At for a key of a map, which may hold dots.
func (s *Scope) KeyAt(field, key string) []string {
	for _, root := range [][]string{s.Root, {"defaults"}} {
		path := append(append([]string{}, root...), strings.Split(field, ".")...)
		if path = append(path, key); s.Given(path...) {
			return path
		}
	}
	return append(s.At(field), key)
}

// Sets reports whether the files set a field, in the scope or in defaults.
func (s *Scope) Sets(field string) bool {
	keys := strings.Split(field, ".")
	return s.Given(append(s.Root[:len(s.Root):len(s.Root)], keys...)...) || s.Given(append([]string{"defaults"}, keys...)...)
}

// IsNull says that the scope, or else defaults, removes a field's default by null.
func (s *Scope) IsNull(field string) bool {
	keys := strings.Split(field, ".")
	for _, root := range [][]string{s.Root, {"defaults"}} {
		v, given := s.at(append(root[:len(root):len(root)], keys...))
		if given {
			return v == nil
		}
	}
	return false
}

// InProcess reports whether the runner itself runs the function, on wazero,
// rather than a shim under a RuntimeClass.
func (s *Scope) InProcess() bool {
	return s.Function.Runtime == "wazero" || s.Function.Runtime == ""
}

// ExactlyOnce reports whether the scope is a function that delivers in transactions.
func (s *Scope) ExactlyOnce() bool {
	return s.Function != nil && s.Function.Delivery == "exactly-once"
}
