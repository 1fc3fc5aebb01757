// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"maps"
	"slices"
	"strings"
)

// scope is a function or workload: where its settings are in the file.
type scope struct {
	l    *linter
	root []string // functions, NAME
	what string   // function "NAME"
}

// path finds where the file sets a field of the scope: in itself, in defaults,
// or else nowhere, which is reported at the scope.
func (s *scope) path(field string) []string {
	if field == "" {
		return s.root
	}
	keys := strings.Split(field, ".")
	own := append(s.root[:len(s.root):len(s.root)], keys...)
	if s.l.given(own...) {
		return own
	}
	if def := append([]string{"defaults"}, keys...); s.l.given(def...) {
		return def
	}
	return own
}

// set reports whether the file sets a field, in the scope or in defaults.
func (s *scope) set(field string) bool {
	keys := strings.Split(field, ".")
	return s.l.given(append(s.root[:len(s.root):len(s.root)], keys...)...) || s.l.given(append([]string{"defaults"}, keys...)...)
}

func (s *scope) add(rule, field, message, fix string) {
	s.l.add(rule, s.path(field), message, fix)
}

func (s *scope) addAs(sev Severity, rule, field, message, fix string) {
	s.l.addAs(sev, rule, s.path(field), message, fix)
}

// isNull says that the scope, or else defaults, takes a field's default away.
func (s *scope) isNull(field string) bool {
	keys := strings.Split(field, ".")
	for _, root := range [][]string{s.root, {"defaults"}} {
		v, given := s.l.at(append(root[:len(root):len(root)], keys...))
		if given {
			return v == nil
		}
	}
	return false
}

// at is the value of the files at a path, or that of the null that cuts it off.
func (l *linter) at(path []string) (v any, given bool) {
	v = l.doc.Tree()
	for _, p := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil, v == nil
		}
		if v, ok = m[p]; !ok {
			return nil, false
		}
	}
	return v, true
}

// topicNames are sorted once: fixes choose among them.
func (l *linter) topicNames() []string {
	if l.topicList == nil {
		l.topicList = slices.Sorted(maps.Keys(l.v.Kafka.Topics))
	}
	return l.topicList
}

// partitions of a topic, 0 when the file does not say.
func (l *linter) partitions(topic string) int {
	return l.v.Kafka.Topics[topic].Partitions
}

// under is a path below another.
func under(path []string, root ...string) []string {
	return append(root[:len(root):len(root)], path...)
}
