// SPDX-License-Identifier: Apache-2.0

package pass

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// Scope is a function, a workload, or a ScaledObject of others: its settings, and where they are in the files.
type Scope struct {
	*Pass
	Name string
	Root []string // functions, NAME
	What string   // function "NAME", for messages

	Function *schema.Function // nil for a workload
	Workload *schema.Workload // nil for a function
	Object   *Object          // a ScaledObject or ScaledJob that is not the chart's; else nil
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
	for name := range s.Scaling.Triggers {
		if s.IsNull("scaling.triggers." + EscapeKey(name)) {
			delete(s.Scaling.Triggers, name)
		}
	}
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
	keys := s.keys(field)
	own := append(s.Root[:len(s.Root):len(s.Root)], keys...)
	if s.Object != nil || s.Given(own...) {
		return own
	}
	if def := append([]string{"defaults"}, keys...); s.Given(def...) {
		return def
	}
	return own
}

// KeyAt is At for a key of a map, which may hold dots.
func (s *Scope) KeyAt(field, key string) []string {
	return s.At(field + "." + EscapeKey(key))
}

// EscapeKey writes a key so that it stands for itself in a field, dots included.
func EscapeKey(key string) string { return strings.ReplaceAll(key, ".", `\.`) }

// keys are those of a field: where a ScaledObject of others has it, or as values do.
func (s *Scope) keys(field string) []string {
	keys := strings.Split(field, ".")
	if strings.IndexByte(field, '\\') >= 0 {
		keys = splitEscaped(field)
	}
	if s.Object != nil && len(keys) > 1 && keys[0] == "scaling" {
		if at := schema.ScaledObjectPath(keys[1]); at != nil {
			return append(at, keys[2:]...)
		}
	}
	return keys
}

// splitEscaped splits a field at the dots that EscapeKey has not marked.
func splitEscaped(field string) (keys []string) {
	const dot = "\x00"
	for key := range strings.SplitSeq(strings.ReplaceAll(field, `\.`, dot), ".") {
		keys = append(keys, strings.ReplaceAll(key, dot, "."))
	}
	return keys
}

// roots are where the files may set a field of the scope.
func (s *Scope) roots() [][]string {
	if s.Object != nil {
		return [][]string{s.Root}
	}
	return [][]string{s.Root, {"defaults"}}
}

// Sets reports whether the files set a field, in the scope or in defaults.
func (s *Scope) Sets(field string) bool {
	keys := s.keys(field)
	return slices.ContainsFunc(s.roots(), func(root []string) bool { return s.Given(append(root[:len(root):len(root)], keys...)...) })
}

// IsNull says that the scope, or else defaults, removes a field's default by null.
func (s *Scope) IsNull(field string) bool {
	keys := s.keys(field)
	for _, root := range s.roots() {
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

// ObjectNamespace is that of the scope's objects; empty if it is not known.
func (s *Scope) ObjectNamespace() string {
	if s.Object != nil {
		return s.NamespaceOf(s.Object)
	}
	return s.Namespace
}

// Report is that of the pass, in the words of what the scope is.
func (s *Scope) Report(path []string, message, fix string) {
	s.ReportAs(s.running.severity, path, message, fix)
}

// ReportAs is Report with another severity.
func (s *Scope) ReportAs(severity Severity, path []string, message, fix string) {
	if s.Object != nil {
		message, fix = inKedasWords(message), inKedasWords(fix)
	}
	s.Pass.ReportAs(severity, path, message, fix)
}
