// SPDX-License-Identifier: Apache-2.0

package krm

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/helm-wasm/helm-wasm/internal/yamlout"
	"github.com/helm-wasm/helm-wasm/stack"
)

// results are the results of one object, as text for the list and as a message.
type results struct {
	of       *object
	text     string
	message  string
	mistakes int
}

// maxListed is how many mistakes of an object a message lists; the results list all.
const maxListed = 10

// field adds a line to the text.
func (r *results) field(key string, v any) { r.text += key + ": " + scalar(v) + "\n" }

// add adds a result. The values are nil if there are none to report.
func (r *results) add(severity stack.Severity, path, message, rule string, current, proposed any) {
	o := r.of
	r.field("- message", message)
	r.field("  severity", string(severity))
	r.field("  resourceRef:\n    apiVersion", o.apiVersion)
	r.field("    kind", o.kind)
	r.field("    name", o.name)
	if o.namespace != "" {
		r.field("    namespace", o.namespace)
	}
	if path != "" {
		r.field("  field:\n    path", path)
		if current != nil {
			r.field("    currentValue", current)
		}
		if proposed != nil {
			r.field("    proposedValue", proposed)
		}
		path += ": "
	}
	if file := o.annotation("path"); file != "" {
		r.field("  file:\n    path", file)
		index, _ := strconv.Atoi(o.annotation("index"))
		r.field("    index", index)
	}
	if rule != "" {
		r.field("  tags:\n    rule", rule)
	}
	if severity != stack.SeverityError {
		return
	}
	r.mistakes++
	switch {
	case r.mistakes == 1:
		r.message = "\n" + o.String() + ":"
		fallthrough
	case r.mistakes <= maxListed:
		r.message += "\n  " + path + message
	case r.mistakes == maxListed+1:
		r.message += "\n  and more, which the results list"
	}
}

// mistake adds an error.
func (r *results) mistake(path, message string) {
	r.add(stack.SeverityError, path, message, "", nil, nil)
}

// finding adds a finding of the linter at a path in the object.
func (r *results) finding(f *stack.Finding, path string) {
	message := f.Message
	if f.Fix != "" {
		message += "; " + f.Fix
	}
	current, proposed := lookup(r.of.doc.Tree(), path), any(nil)
	switch v := current.(type) {
	case map[string]any, []any:
		current = nil
	case string:
		// If the message does not start with the value, a key is meant.
		meant, ok := strings.CutPrefix(f.Fix, "did you mean ")
		if i := strings.IndexByte(meant, '?'); ok && i > 0 && strings.HasPrefix(f.Message, strconv.Quote(v)) {
			proposed = meant[:i]
		}
	}
	r.add(f.Severity, path, message, f.Rule, current, proposed)
}

// scalar returns a value as JSON that is also YAML: characters that only JSON
// allows are escaped.
func scalar(v any) string {
	text, err := yamlout.AppendJSON(nil, v)
	if err != nil {
		return "null"
	}
	out := make([]byte, 0, len(text))
	for _, r := range string(text) {
		if r >= 0x7f && r < 0xa0 || r == 0xfffe || r == 0xffff {
			out = append(out, `\u`+strconv.FormatInt(0x10000+int64(r), 16)[1:]...)
		} else {
			out = utf8.AppendRune(out, r)
		}
	}
	return string(out)
}

// lookup returns the value at a path such as a.b\.c[0], nil if there is none.
func lookup(v any, path string) any {
	for path != "" {
		key, i := "", 0
		for i < len(path) && path[i] != '.' && (i == 0 || path[i] != '[') {
			if path[i] == '\\' && i+1 < len(path) {
				i++
			}
			key += path[i : i+1]
			i++
		}
		path = strings.TrimPrefix(path[i:], ".")
		switch t := v.(type) {
		case map[string]any:
			v = t[key]
		case []any:
			n, err := strconv.Atoi(strings.Trim(key, "[]"))
			if err != nil || n < 0 || n >= len(t) {
				return nil
			}
			v = t[n]
		default:
			return nil
		}
	}
	return v
}
