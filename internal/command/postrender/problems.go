// SPDX-License-Identifier: Apache-2.0

package postrender

import (
	"errors"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/manifests"
	"github.com/helm-wasm/helm-wasm/internal/text"
	"github.com/helm-wasm/helm-wasm/stack"
)

// maxProblems is how many problems a message lists; more usually have one cause.
const maxProblems = 10

// Problem is one mistake: what is wrong, where, and what to do.
type Problem struct {
	Where, Message, Fix string
}

// String returns the problem on one line.
func (p Problem) String() string {
	s := p.Message
	if p.Where != "" {
		s = p.Where + ": " + s
	}
	if p.Fix != "" {
		s += "; " + p.Fix
	}
	return s
}

// Problems are all the mistakes that were found.
type Problems []Problem

// Error lists the first problems, one per line.
func (p Problems) Error() string {
	var b strings.Builder
	b.WriteString(text.Count(len(p), "mistake", "mistakes") + " in the manifests")
	if len(p) > maxProblems {
		b.WriteString(", of which these are the first " + strconv.Itoa(maxProblems))
		p = p[:maxProblems]
	}
	for _, one := range p {
		b.WriteString("\n  " + one.String())
	}
	return b.String()
}

// unreadable reports a document that is not YAML.
func (r *run) unreadable(d *manifests.Document, err error) {
	p := Problem{Where: d.Where(0), Message: err.Error()}
	var parse *stack.ParseError
	if errors.As(err, &parse) {
		p = Problem{Where: d.Where(max(parse.Line, 1)), Message: parse.Msg, Fix: parse.Hint}
	}
	r.problems = append(r.problems, p)
}

// problem reports a mistake in an object.
func (r *run) problem(w *workload, message, fix string) {
	r.problems = append(r.problems, Problem{Where: w.title(), Message: message, Fix: fix})
}

// at reports a mistake at a place in an object.
func (r *run) at(w *workload, keys []string, message, fix string) {
	where := w.Where(0)
	if w.parsed != nil {
		where = w.Where(w.parsed.Position(keys...).Line)
	}
	r.problems = append(r.problems, Problem{Where: w.kind + " " + text.Quote(w.name) + " (" + where + ")", Message: message, Fix: fix})
}

// setting reports a mistake in a field of the values, at the annotation that sets it
// or that should set it.
func (r *run) setting(w *workload, path, message, fix string) {
	best := -1
	for i := range w.settings {
		// The longest path that contains the field wins; settings are sorted.
		s := &w.settings[i]
		inside := strings.HasPrefix(path, s.path) && (path == s.path || strings.IndexByte(".[", path[len(s.path)]) >= 0)
		if inside || s.path == wholeWorkload && best < 0 {
			best = i
		}
	}
	if best < 0 {
		r.problem(w, "annotation "+Prefix+path+": "+message, fix)
		return
	}
	s := &w.settings[best]
	name := "annotation " + Prefix + s.path
	if rest := strings.TrimLeft(strings.TrimPrefix(path, s.path), "."); path != s.path && rest != "" {
		name += " (" + rest + ")"
	} else if s.path == path && !strings.Contains(s.text, "\n") && !strings.Contains(message, s.text) {
		name += " is " + text.Quote(s.text)
	}
	r.at(w, s.keys, name+": "+message, fix)
}
