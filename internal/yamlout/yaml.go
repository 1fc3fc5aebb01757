// SPDX-License-Identifier: Apache-2.0

package yamlout

import (
	"math"
	"strconv"
)

const (
	indentStep = 2
	bestWidth  = 80
	// maxSimpleKey is the length of the longest key written as "key:"; longer
	// ones are written with "? ".
	maxSimpleKey = 128
)

// AppendYAML appends v as sigs.k8s.io/yaml.Marshal writes it, with the final
// line break.
func AppendYAML(dst []byte, v any) ([]byte, error) {
	w := writer{out: dst, lineStart: len(dst), indent: -1, whitespace: true, indention: true}
	err := w.node(v, context{root: true}, 0)
	if err != nil {
		return dst, err
	}
	w.writeIndent()
	return w.out, nil
}

// writer has the state of the YAML library's emitter: what the next token needs before
// it, and the column that decides where long scalars fold.
type writer struct {
	out []byte
	// The column is len(out)-lineStart-multibyte; multibyte counts the bytes on
	// this line that are not the first of a character.
	lineStart int
	multibyte int
	indent    int
	// whitespace: the last thing that was written separates tokens.
	whitespace bool
	// indention: this line has only indentation, "- " or "? " so far.
	indention bool
}

// context is where a node is.
type context struct {
	root, mapping, simpleKey bool
}

func (w *writer) column() int { return len(w.out) - w.lineStart - w.multibyte }

func (w *writer) newline() {
	w.out = append(w.out, '\n')
	w.lineStart, w.multibyte = len(w.out), 0
}

const blanks = "                                                                "

func (w *writer) writeIndent() {
	indent := max(w.indent, 0)
	column := w.column()
	if !w.indention || column > indent || column == indent && !w.whitespace {
		w.newline()
		column = 0
	}
	for n := indent - column; n > 0; {
		k := min(n, len(blanks))
		w.out = append(w.out, blanks[:k]...)
		n -= k
	}
	w.whitespace, w.indention = true, true
}

func (w *writer) indicator(s string, needWhitespace, isWhitespace, isIndention bool) {
	if needWhitespace && !w.whitespace {
		w.out = append(w.out, ' ')
	}
	w.out = append(w.out, s...)
	w.whitespace = isWhitespace
	w.indention = w.indention && isIndention
}

func (w *writer) increaseIndent(flow, indentless bool) (old int) {
	old = w.indent
	switch {
	case w.indent < 0 && flow:
		w.indent = indentStep
	case w.indent < 0:
		w.indent = 0
	case !indentless:
		w.indent += indentStep
	}
	return old
}

func (w *writer) node(v any, c context, depth int) error {
	if depth > maxDepth {
		return errDepth
	}
	switch v := v.(type) {
	case nil:
		w.plain("null")
	case bool:
		if v {
			w.plain("true")
		} else {
			w.plain("false")
		}
	case string:
		return w.str(v, c)
	case int:
		w.integer(int64(v))
	case int64:
		w.integer(v)
	case uint64:
		var tmp [20]byte
		w.plain(string(strconv.AppendUint(tmp[:0], v, 10)))
	case float64:
		return w.float(v)
	case map[string]any:
		if v == nil {
			w.plain("null")
			return nil
		}
		return w.mapping(v, c, depth)
	case map[string]string:
		if v == nil {
			w.plain("null")
			return nil
		}
		return w.mapping(widen(v), c, depth)
	case []any:
		return sequence(w, v, c, func(e any) error { return w.node(e, context{}, depth+1) })
	case []string:
		return sequence(w, v, c, func(e string) error { return w.str(e, context{}) })
	case []int:
		return sequence(w, v, c, func(e int) error { w.integer(int64(e)); return nil })
	default:
		return errType
	}
	return nil
}

// sequence writes a list; element writes one of its elements.
func sequence[T any](w *writer, list []T, c context, element func(T) error) error {
	switch {
	case list == nil:
		w.plain("null")
		return nil
	case len(list) == 0:
		w.indicator("[", true, true, false)
		w.indicator("]", false, false, false)
		return nil
	}
	old := w.increaseIndent(false, c.mapping && !w.indention)
	for _, e := range list {
		w.writeIndent()
		w.indicator("-", true, false, true)
		if err := element(e); err != nil {
			return err
		}
	}
	w.indent = old
	return nil
}

func (w *writer) mapping(m map[string]any, _ context, depth int) error {
	if len(m) == 0 {
		w.indicator("{", true, true, false)
		w.indicator("}", false, false, false)
		return nil
	}
	old := w.increaseIndent(false, false)
	var few [16]string
	keys := few[:0]
	for k := range m {
		keys = append(keys, k)
	}
	sortKeys(keys)
	for _, k := range keys {
		if err := w.pair(k, m[k], depth); err != nil {
			return err
		}
	}
	w.indent = old
	return nil
}

func (w *writer) pair(key string, v any, depth int) error {
	w.writeIndent()
	text, a, err := inspect(key)
	if err != nil {
		return err
	}
	if err := checkKey(key); err != nil {
		return err
	}
	if !a.lineBreaks && len(text) <= maxSimpleKey {
		w.scalar(text, a, context{mapping: true, simpleKey: true})
		w.indicator(":", false, false, false)
	} else {
		w.indicator("?", true, false, true)
		w.scalar(text, a, context{mapping: true})
		w.writeIndent()
		w.indicator(":", true, false, true)
	}
	return w.node(v, context{mapping: true}, depth+1)
}

// plain writes a scalar that needs no quotes and does not fold.
func (w *writer) plain(s string) {
	if !w.whitespace {
		w.out = append(w.out, ' ')
	}
	w.out = append(w.out, s...)
	w.whitespace, w.indention = false, false
}

func (w *writer) integer(n int64) {
	if !w.whitespace {
		w.out = append(w.out, ' ')
	}
	w.out = strconv.AppendInt(w.out, n, 10)
	w.whitespace, w.indention = false, false
}

// float writes f as it comes out of JSON and a YAML decoder: whole numbers that fit
// into 64 bits as integers, everything else as %g.
func (w *writer) float(f float64) error {
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		w.integer(int64(f))
		return nil
	}
	var tmp [32]byte
	text, err := appendJSONFloat(tmp[:0], f)
	if err != nil {
		return err
	}
	// Beyond 2^53 the JSON text decides, whose digits are rounded.
	if n, err := strconv.ParseInt(string(text), 10, 64); err == nil {
		w.integer(n)
		return nil
	}
	if n, err := strconv.ParseUint(string(text), 10, 64); err == nil {
		w.plain(strconv.FormatUint(n, 10))
		return nil
	}
	w.plain(strconv.FormatFloat(f, 'g', -1, 64))
	return nil
}
