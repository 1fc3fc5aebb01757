// SPDX-License-Identifier: Apache-2.0

package values

import (
	"bytes"
	"strconv"

	"github.com/helm-wasm/helm-wasm/internal/yamlin"
)

var tooManyValues = "holds more than " + strconv.Itoa(MaxValues) + " values"

const tooManyHint = "a Helm release cannot hold so much; put large content into images or ConfigMaps, and split " +
	"functions over several releases"

// checkCounts refuses what renders to more than a release can hold.
func (d *Document) checkCounts(name string) error {
	for _, key := range []string{"functions", "workloads"} {
		if m, ok := d.tree[key].(map[string]any); ok && len(m) > MaxFunctions {
			pos := d.Position(key)
			return &ParseError{
				Name: name, Line: pos.Line, Column: pos.Column,
				Msg:  key + " has " + strconv.Itoa(len(m)) + " entries; the limit is " + strconv.Itoa(MaxFunctions),
				Hint: "Helm keeps all of a release in one Secret of 1 MiB: split them over several releases",
			}
		}
	}
	functions, _ := d.tree["functions"].(map[string]any)
	if size := textSize(d.tree["defaults"]); size*len(functions) > MaxRendered {
		pos := d.Position("defaults")
		return &ParseError{
			Name: name, Line: pos.Line, Column: pos.Column,
			Msg: "defaults hold " + strconv.Itoa(size>>10) + " KiB of text for each of " + strconv.Itoa(len(functions)) +
				" functions; all together the limit is " + strconv.Itoa(MaxRendered>>20) + " MiB",
			Hint: "put large content into ConfigMaps or Secrets and name them in pod.envFrom",
		}
	}
	return nil
}

// textSize returns the length of all text in a value.
func textSize(v any) (n int) {
	switch v := v.(type) {
	case string:
		n = len(v)
	case []any:
		for _, e := range v {
			n += textSize(e)
		}
	case map[string]any:
		for k, e := range v {
			n += len(k) + textSize(e)
		}
	}
	return n
}

// unusual returns why a file cannot be read without the library, which is usually its
// mistake. For a small file, only what is certain gets here.
func (src *source) unusual(why yamlin.Trouble) error {
	pos := yamlin.PlaceOf(src.lines.data, why.At)
	e := &ParseError{Name: src.name, Line: pos.Line, Column: pos.Column}
	switch {
	case why.Many:
		e.Msg, e.Hint = tooManyValues, tooManyHint
		return e
	case why.Twice != "":
		e.Msg = "key " + strconv.Quote(why.Twice) + " is given twice in one mapping, first in line " +
			strconv.Itoa(src.before+why.First(src.lines.data, usualScalars, maxEntries).Line)
		e.Hint = keepOne
		return e
	}
	// The library reads only the line and what the line is under.
	part := source{name: src.name, lines: &lineReader{data: why.WithoutAliases(src.lines.excerpt(pos.Line))}}
	if err := checkNesting(src.name, part.lines.data); err != nil {
		return err
	}
	if len(bytes.TrimLeft(part.lines.data, "\n")) <= maxUnusual {
		if err := part.mistake(); err != nil {
			return err
		}
	}
	e.Msg = "from this line on only a slow reader can read the file, and it accepts " +
		strconv.Itoa(maxUnusual>>10) + " KiB; the file has " + strconv.Itoa(len(src.lines.data)>>10) + " KiB"
	e.Hint = "write the line as most files have it: no tag, tab or second document, and no text without | over several lines"
	return e
}

// mistake returns what the library does not accept.
func (src *source) mistake() (err error) {
	defer func() {
		if recover() != nil {
			err = nil
		}
	}()
	_, err = src.parse()
	return err
}

// excerpt returns a line, what belongs to it, the line before, and the keys that
// these are under, by indentation. All else is blank, so that lines keep their
// numbers.
func (r *lineReader) excerpt(n int) []byte {
	before := n
	if n > 1 {
		before = r.backToText(n - 1)
	}
	keep := map[int]bool{n: true}
	for _, from := range []int{before, n} {
		keep[from] = true
		below := r.indent(from)
		for at := from - 1; at >= 1 && below > 0; at-- {
			if in := r.indent(at); in < below && r.hasText(at) {
				keep[at] = true
				below = in
			}
		}
	}
	end := n + 1
	for end <= len(r.lineStarts()) && (!r.hasText(end) || r.indent(end) > r.indent(n)) {
		end++
	}
	var out []byte
	for i := 1; i < end; i++ {
		if i > n || keep[i] {
			out = append(out, r.line(i)...)
		}
		out = append(out, '\n')
	}
	return out
}

// hasText reports whether a line is neither blank nor a comment.
func (r *lineReader) hasText(n int) bool {
	t := bytes.TrimSpace(r.line(n))
	return len(t) > 0 && t[0] != '#'
}
