// SPDX-License-Identifier: Apache-2.0

package pass

import (
	"slices"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/text"
	"github.com/helm-wasm/helm-wasm/stack/schema"
	"github.com/helm-wasm/helm-wasm/stack/values"
)

// MaxAlike is how many findings of a rule are worth reporting: a file with more
// has one cause for all, and looking up positions takes time.
const MaxAlike = 100

// maxMistakes is how many values that do not fit their fields are worth a look at
// what else there is: nobody reads on.
const maxMistakes = 1000

type seenKey struct{ rule, path, message string }

// kind is what findings are counted by.
type kind struct {
	rule     string
	severity Severity
}

// Report makes a finding of the running rule, with that rule's severity. The
// message says what is wrong with the value, the fix what to write instead.
func (p *Pass) Report(path []string, message, fix string) {
	p.ReportAs(p.running.severity, path, message, fix)
}

// ReportAs is Report with another severity.
func (p *Pass) ReportAs(severity Severity, path []string, message, fix string) {
	rule, joined := p.running.rule, joinPath(path)
	if len(p.broken) > 0 && rule != "HW02" && p.isBroken(joined) {
		return
	}
	key := seenKey{rule, joined, message}
	if p.seen[key] || p.ignored() {
		return
	}
	n := p.count(rule, severity)
	if *n++; *n > MaxAlike {
		return
	}
	if p.seen == nil {
		p.seen = map[seenKey]bool{}
	}
	p.seen[key] = true
	p.place(severity, path, joined, message, fix)
}

// place makes a finding where the path stands: in the values, or in a manifest.
func (p *Pass) place(severity Severity, path []string, joined, message, fix string) {
	if !p.manifests {
		p.add(p.Doc, Finding{Severity: severity, Path: joined, Message: message, Fix: fix, Position: p.Doc.Position(path...)})
		return
	}
	o := p.object(path)
	p.add(o, Finding{
		Severity: severity, Object: o.Title(), Document: o.Document, Path: joinPath(path[1:]), Message: message, Fix: fix,
		Position: o.Position(path[1:]...),
	})
}

// ReportAt makes a finding of the running rule that belongs to no path.
func (p *Pass) ReportAt(at values.Position, message, fix string) {
	if !p.ignored() {
		p.add(p.Doc, Finding{Severity: p.running.severity, Message: message, Fix: fix, Position: at})
	}
}

// ignorer knows the comments of a file that turn rules off.
type ignorer interface {
	Ignores(at values.Position, rule string) bool
}

func (p *Pass) add(in ignorer, f Finding) {
	f.Rule = p.running.rule
	if in.Ignores(f.Position, f.Rule) {
		return
	}
	f.Object, f.Path, f.Message, f.Fix = text.OneLine(f.Object), text.OneLine(f.Path), text.OneLine(f.Message), text.OneLine(f.Fix)
	if p.Reported != nil {
		p.Reported(f)
	}
	p.findings = append(p.findings, f)
}

// ignored says that the caller does not want to hear of the running rule.
func (p *Pass) ignored() bool { return slices.Contains(p.Ignore, p.running.rule) }

// count is how many findings of a kind there were so far.
func (p *Pass) count(rule string, s Severity) *int {
	k := kind{rule, s}
	if p.tally != nil && p.last == k {
		return p.tally
	}
	n := p.counts[k]
	if n == nil {
		if p.counts == nil {
			p.counts = map[kind]*int{}
		}
		n = new(int)
		p.counts[k] = n
	}
	p.last, p.tally = k, n
	return n
}

// Full says that the running rule has its share of findings of a severity: the
// next is only counted, and needs no fix that takes long to find.
func (p *Pass) Full(s Severity) bool { return *p.count(p.running.rule, s) >= MaxAlike }

// Enough says that the running rule is ignored or has its share of errors, and
// counts one more. That spares the work of wording them, which for a large file
// takes far longer than finding them.
func (p *Pass) Enough() bool {
	if !p.ignored() && !p.Full(Error) {
		return false
	}
	p.Count(1)
	return true
}

// Count counts n errors of the running rule without reporting them.
func (p *Pass) Count(n int) {
	if !p.ignored() {
		*p.count(p.running.rule, Error) += n
	}
}

// Broken notes that the value at a path has a wrong type. What follows from that
// is not worth a finding of its own, so no other rule reports the path or what is
// below it.
func (p *Pass) Broken(path []string) {
	if *p.count("HW02", Error) > maxMistakes {
		return
	}
	if p.broken == nil {
		p.broken = map[string]bool{}
	}
	p.broken[joinPath(path)] = true
}

// isBroken says that the value at a path, or one that holds it, has a wrong type.
func (p *Pass) isBroken(path string) bool {
	for i := 0; i <= len(path); i++ {
		if (i == len(path) || path[i] == '[' || path[i] == '.' && path[i-1] != '\\') && p.broken[path[:i]] {
			return true
		}
	}
	return false
}

// Flooded says that so many values do not fit their fields that the rules about
// their meaning have nothing to go by.
func (p *Pass) Flooded() bool {
	n := 0
	for _, rule := range []string{"HW01", "HW02", "HW03", "HW04", "HW05"} {
		n += *p.count(rule, Error)
	}
	return n > maxMistakes
}

// Findings are those made so far, sorted, and after them one for each kind of
// which there were more than MaxAlike.
func (p *Pass) Findings() Findings {
	p.findings.sort()
	flooded := p.Flooded()
	var more Findings
	for k, n := range p.counts {
		if *n > MaxAlike {
			f := Finding{Rule: k.rule, Severity: k.severity, Message: "and " + strconv.Itoa(*n-MaxAlike) + " more like those of this rule"}
			if flooded {
				f.Fix = "fix these first: with more than " + strconv.Itoa(maxMistakes) + " mistakes, no other rule has been looked at"
			}
			more = append(more, f)
		}
	}
	more.sort()
	return append(p.findings, more...)
}

// joinPath writes a path as --set takes it.
func joinPath(path []string) string {
	if len(path) == 1 && strings.IndexByte(path[0], '.') < 0 {
		return path[0]
	}
	size := 0
	for _, key := range path {
		size += len(key) + 2
	}
	var b strings.Builder
	b.Grow(size)
	for i, key := range path {
		if i > 0 && isIndex(key) {
			b.WriteByte('[')
			b.WriteString(key)
			b.WriteByte(']')
			continue
		}
		if i > 0 {
			b.WriteByte('.')
		}
		if strings.IndexByte(key, '.') >= 0 {
			key = strings.ReplaceAll(key, ".", `\.`)
		}
		b.WriteString(key)
	}
	return b.String()
}

// isIndex holds for what reads as a number, as strconv.Atoi has it.
func isIndex(key string) bool {
	if key == "" || !schema.IsDigit(key[len(key)-1]) {
		return false
	}
	_, err := strconv.Atoi(key)
	return err == nil
}
