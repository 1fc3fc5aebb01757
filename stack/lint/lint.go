// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/suggest"
	"github.com/helm-wasm/helm-wasm/internal/text"
	"github.com/helm-wasm/helm-wasm/stack/lint/rules"
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

	reported func(Finding) // tests look where a finding comes from
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
func Lint(d *values.Document, opts Options) Findings {
	l := &linter{doc: d, opts: opts}
	l.check()
	if l.flooded() {
		l.finish()
		return l.out
	}
	l.v = schema.Effective(d.Tree())
	l.prepare()
	l.documents()
	l.sections()
	l.kafka()
	l.platform()
	for _, name := range l.functions {
		f := l.v.Functions[name]
		l.function(name, &f)
	}
	for _, name := range l.workloads {
		w := l.v.Workloads[name]
		l.workload(name, &w)
	}
	l.together()
	l.finish()
	return l.out
}

type linter struct {
	doc  *values.Document
	opts Options
	v    schema.Values
	out  Findings
	seen map[seenKey]bool

	// broken are paths of values with a wrong type. What follows from them is
	// not worth a finding of its own.
	broken map[string]bool
	many   map[kind]*int // findings so far
	last   kind          // what was counted last,
	tally  *int          // and its place in many: findings of a kind come in runs

	functions, workloads []string // names of what is enabled, sorted
	extra                []extraObject
	extraByName          map[string][]int // indices of extra
	scalers              map[string][]scalerParam
	fullname             string // prefix of objects' names; empty is unknown
	cut                  map[string]string
	compared             int      // words, to find what was meant
	topicList            []string // of kafka.topics, sorted when first asked for
}

type seenKey struct{ rule, path, message string }

// prepare gathers once what many rules look at.
func (l *linter) prepare() {
	for _, name := range slices.Sorted(maps.Keys(l.v.Functions)) {
		if f := l.v.Functions[name]; f.Enabled == nil || *f.Enabled {
			l.functions = append(l.functions, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.v.Workloads)) {
		if w := l.v.Workloads[name]; w.Enabled == nil || *w.Enabled {
			l.workloads = append(l.workloads, name)
		}
	}
	l.readExtraObjects()
	l.readFullname()
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
	l.addAs(rules.SeverityOf(rule), rule, path, message, fix)
}

func (l *linter) addAs(s Severity, rule string, path []string, message, fix string) {
	p := joinPath(path)
	if len(l.broken) > 0 && rule != "HW02" && l.isBroken(p) {
		return
	}
	key := seenKey{rule, p, message}
	if l.seen[key] {
		return
	}
	if l.ignored(rule) {
		return
	}
	n := l.count(rule, s)
	if *n++; *n > maxAlike {
		return
	}
	if l.seen == nil {
		l.seen = map[seenKey]bool{}
	}
	l.seen[key] = true
	pos := l.doc.Position(path...)
	if l.doc.Ignores(pos, rule) {
		return
	}
	f := Finding{Rule: rule, Severity: s, Path: text.OneLine(p), Message: text.OneLine(message), Fix: text.OneLine(fix), Position: pos}
	if l.opts.reported != nil {
		l.opts.reported(f)
	}
	l.out = append(l.out, f)
}

// ignored says that the caller does not want to hear of a rule.
func (l *linter) ignored(rule string) bool {
	for _, id := range l.opts.Ignore {
		if id == rule {
			return true
		}
	}
	return false
}

// count is how many findings of a kind there were so far.
func (l *linter) count(rule string, s Severity) *int {
	k := kind{rule, s}
	if l.tally != nil && l.last == k {
		return l.tally
	}
	n := l.many[k]
	if n == nil {
		if l.many == nil {
			l.many = map[kind]*int{}
		}
		n = new(int)
		l.many[k] = n
	}
	l.last, l.tally = k, n
	return n
}

// full says that a rule has its share of findings: the next only counts, and
// needs no fix that takes long to find.
func (l *linter) full(rule string) bool {
	return *l.count(rule, rules.SeverityOf(rule)) >= maxAlike
}

// nearest is suggest.Nearest as long as it is cheap: of thousands of topics none
// is looked at a hundred times.
func (l *linter) nearest(word string, candidates []string) string {
	if l.compared += len(candidates); l.compared > 20_000 {
		return ""
	}
	return suggest.Nearest(word, candidates)
}

// isBroken says that the value at a path, or one that holds it, has a wrong type.
func (l *linter) isBroken(path string) bool {
	for i := 0; i <= len(path); i++ {
		if (i == len(path) || path[i] == '[' || path[i] == '.' && path[i-1] != '\\') && l.broken[path[:i]] {
			return true
		}
	}
	return false
}

func (l *linter) finish() {
	l.out.sort()
	var more Findings
	for k, n := range l.many {
		if *n > maxAlike {
			f := Finding{Rule: k.rule, Severity: k.severity, Message: "and " + strconv.Itoa(*n-maxAlike) + " more like those of this rule"}
			if l.flooded() {
				f.Fix = "mend these first: with more than " + strconv.Itoa(maxMistakes) + " mistakes, no other rule has been looked at"
			}
			more = append(more, f)
		}
	}
	more.sort()
	l.out = append(l.out, more...)
}

// joinPath writes a path as --set takes it.
func joinPath(path []string) string {
	if len(path) == 1 && strings.IndexByte(path[0], '.') < 0 {
		return path[0]
	}
	size := 0
	for _, p := range path {
		size += len(p) + 2
	}
	var b strings.Builder
	b.Grow(size)
	for i, p := range path {
		if i > 0 && isIndex(p) {
			b.WriteByte('[')
			b.WriteString(p)
			b.WriteByte(']')
			continue
		}
		if i > 0 {
			b.WriteByte('.')
		}
		if strings.IndexByte(p, '.') >= 0 {
			p = strings.ReplaceAll(p, ".", `\.`)
		}
		b.WriteString(p)
	}
	return b.String()
}

// isIndex holds for what reads as a number, as strconv.Atoi has it.
func isIndex(p string) bool {
	if p == "" || !schema.IsDigit(p[len(p)-1]) {
		return false
	}
	_, err := strconv.Atoi(p)
	return err == nil
}

// given reports whether the files say something at a path.
func (l *linter) given(path ...string) bool {
	var v any = l.doc.Tree()
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
