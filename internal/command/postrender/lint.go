// SPDX-License-Identifier: Apache-2.0

package postrender

import (
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/text"
	"github.com/helm-wasm/helm-wasm/stack"
)

// lint reports the errors that the linter finds, in terms of annotations.
func (r *run) lint(doc *stack.Document, first *workload) {
	for _, f := range stack.Lint(doc, stack.LintOptions{Namespace: first.namespace}) {
		if f.Severity != stack.SeverityError {
			continue
		}
		message, fix := r.renamed(f.Message), r.renamed(f.Fix)
		root, rest, _ := strings.Cut(f.Path, ".")
		switch root {
		case "workloads":
			name, field, _ := strings.Cut(rest, ".")
			w := r.byName(name)
			if w == nil {
				r.problem(first, message, fix)
			} else if field == "" {
				r.problem(w, message, fix)
			} else {
				r.setting(w, field, message, fix)
			}
		case "kafka":
			if given(first.kafka, rest) || !given(r.kafka, rest) {
				r.setting(first, f.Path, message, fix)
			} else {
				r.problems = append(r.problems, Problem{Where: f.Path, Message: message, Fix: fix})
			}
		case "defaults":
			r.problems = append(r.problems, Problem{Where: f.Path, Message: message, Fix: fix})
		default:
			r.problem(first, message, fix)
		}
	}
}

// given reports whether a mapping has a value at a path.
func given(m map[string]any, path string) bool {
	var v any = m
	for key := range strings.SplitSeq(path, ".") {
		key, _, _ = strings.Cut(key, "[")
		below, ok := v.(map[string]any)
		if !ok {
			return v != nil
		}
		v = below[key]
	}
	return v != nil
}

// byName returns the workload that is called w<number> in the values, nil if there
// is none.
func (r *run) byName(name string) *workload {
	if len(name) < 2 || name[0] != 'w' {
		return nil
	}
	id := 0
	for i := 1; i < len(name); i++ {
		if name[i] < '0' || name[i] > '9' || id > len(r.workloads) {
			return nil
		}
		id = id*10 + int(name[i]-'0')
	}
	if id >= len(r.workloads) {
		return nil
	}
	return r.workloads[id]
}

// renamed returns a message with the real names of workloads.
func (r *run) renamed(message string) string {
	for _, form := range []struct{ before, after string }{{`workload "`, `"`}, {"workloads.", ""}} {
		rest := message
		message = ""
		for {
			head, tail, ok := strings.Cut(rest, form.before+"w")
			if !ok {
				message += rest
				break
			}
			end := 0
			for end < len(tail) && tail[end] >= '0' && tail[end] <= '9' {
				end++
			}
			w := r.byName("w" + tail[:end])
			if w == nil || !strings.HasPrefix(tail[end:], form.after) {
				message += head + form.before + "w"
				rest = tail
				continue
			}
			message += head + w.kind + " " + text.Quote(w.name)
			rest = tail[end+len(form.after):]
		}
	}
	return message
}
