// SPDX-License-Identifier: Apache-2.0

package stack

import (
	"strconv"
	"strings"
)

// LintOptions adjust Lint.
type LintOptions struct {
	// Ignore are ids of rules to leave out.
	Ignore []string

	// Release and Namespace of the install, where known.
	Release, Namespace string

	// Modules say what is known of functions' binaries, by function name.
	Modules map[string]ModuleInfo
}

// ModuleInfo is what reading a function's binary told.
type ModuleInfo struct {
	// ABI the module fits: redpanda, extism, wasi or http. Empty is unknown.
	ABI string

	// MinMemory is the linear memory in bytes that it starts with.
	MinMemory int64

	// Exports are the names of its exported functions; nil is unknown.
	Exports []string
}

// Lint finds what will not install, will not work, or will hurt later: first
// what does not fit the fields' types, then what the rules know. All findings
// come at once. A line that ends in `# helm-wasm:ignore ID` (or follows a
// comment line that says so) is not reported for that rule.
func Lint(d *Document, opts LintOptions) Findings {
	l := &linter{doc: d, opts: opts}
	l.check()
	l.v = d.values()
	l.documents()
	l.sections()
	l.kafka()
	l.platform()
	for _, name := range sortedKeys(l.v.Functions) {
		f := l.v.Functions[name]
		if f.Enabled == nil || *f.Enabled {
			l.function(name, &f)
		}
	}
	for _, name := range sortedKeys(l.v.Workloads) {
		w := l.v.Workloads[name]
		if w.Enabled == nil || *w.Enabled {
			l.workload(name, &w)
		}
	}
	l.together()
	l.finish()
	return l.out
}

type linter struct {
	doc  *Document
	opts LintOptions
	v    Values
	out  Findings
	seen map[string]bool

	// broken are paths of values with a wrong type. What follows from them is
	// not worth a finding of its own.
	broken map[string]bool
	many   map[kind]int // findings so far
}

// kind is what findings are counted by.
type kind struct {
	rule     string
	severity Severity
}

// maxAlike is how many findings of a rule are worth reporting: a file with more
// has one cause for all, and looking up positions takes time.
const maxAlike = 100

// add reports with the rule's own severity.
func (l *linter) add(rule string, path []string, message, fix string) {
	l.addAs(ruleByID(rule).Severity, rule, path, message, fix)
}

func (l *linter) addAs(s Severity, rule string, path []string, message, fix string) {
	p := joinPath(path)
	if rule != "HW02" && len(l.broken) > 0 {
		for i := 1; i <= len(path); i++ {
			if l.broken[joinPath(path[:i])] {
				return
			}
		}
	}
	key := rule + "\x00" + p + "\x00" + message
	if l.seen[key] {
		return
	}
	if l.seen == nil {
		l.seen = map[string]bool{}
	}
	l.seen[key] = true
	for _, id := range l.opts.Ignore {
		if id == rule {
			return
		}
	}
	if l.many == nil {
		l.many = map[kind]int{}
	}
	if l.many[kind{rule, s}]++; l.many[kind{rule, s}] > maxAlike {
		return
	}
	pos := l.doc.Position(path...)
	if l.doc.ignores(pos, rule) {
		return
	}
	l.out = append(l.out, Finding{Rule: rule, Severity: s, Path: p, Message: message, Fix: fix, Position: pos})
}

func (l *linter) finish() {
	l.out.sort()
	var more Findings
	for k, n := range l.many {
		if n > maxAlike {
			more = append(more, Finding{Rule: k.rule, Severity: k.severity, Message: "and " + itoa(n-maxAlike) + " more like those of this rule"})
		}
	}
	more.sort()
	l.out = append(l.out, more...)
}

// joinPath writes a path as --set takes it.
func joinPath(path []string) string {
	var b strings.Builder
	for i, p := range path {
		if _, err := strconv.Atoi(p); err == nil && i > 0 {
			b.WriteString("[" + p + "]")
			continue
		}
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(strings.ReplaceAll(p, ".", `\.`))
	}
	return b.String()
}

// given reports whether the files say something at a path.
func (l *linter) given(path ...string) bool {
	var v any = l.doc.tree
	for _, p := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return false
		}
		if v, ok = m[p]; !ok {
			return false
		}
	}
	return v != nil
}

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

// partitions of a topic, 0 when the file does not say.
func (l *linter) partitions(topic string) int {
	return l.v.Kafka.Topics[topic].Partitions
}

func quoted(s string) string { return strconv.Quote(s) }
