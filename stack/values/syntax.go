// SPDX-License-Identifier: Apache-2.0

package values

import (
	"bytes"
	"io"
	"strconv"
	"strings"
)

// lineReader hands out one line at a time. The YAML library reports where a
// construct began, not where it broke; how far it read shows the latter.
type lineReader struct {
	data   []byte
	pos    int
	starts []int // of each line, once line was called
}

func (r *lineReader) Read(p []byte) (int, error) {
	if r.pos == len(r.data) {
		return 0, io.EOF
	}
	rest := r.data[r.pos:]
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i+1]
	}
	n := copy(p, rest)
	r.pos += n
	return n, nil
}

// syntaxError returns what the YAML library found, in the user's words.
func syntaxError(name string, in *lineReader, err error) error {
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	reported := 0
	if rest, ok := strings.CutPrefix(msg, "line "); ok {
		for rest != "" && rest[0] >= '0' && rest[0] <= '9' {
			reported = reported*10 + int(rest[0]-'0')
			rest = rest[1:]
		}
		msg = strings.TrimPrefix(rest, ": ")
	}
	e := &ParseError{Name: name, Msg: msg}
	// The library looks a few characters ahead: the last line that it has
	// read counts only if there is no other.
	consumed := in.data[:in.pos]
	e.Line = max(1, bytes.Count(consumed, []byte("\n")))
	if !bytes.HasSuffix(consumed, []byte("\n")) && len(consumed) > 0 {
		e.Line++
	}
	e.Line = in.backToText(e.Line)

	switch {
	case strings.Contains(msg, "unknown anchor"):
		e.Hint = "define it with & before its first use"
	case strings.Contains(msg, "cannot start any token") && in.tabbed(e.Line) || strings.Contains(msg, "found a tab character"):
		e.Msg, e.Hint = "a tab is used for indentation", "YAML allows only spaces"
	case strings.Contains(msg, "cannot start any token"):
		e.Msg, e.Hint = "a value starts with a character that YAML reserves", "put the value into quotes"
	case strings.Contains(msg, "mapping values are not allowed"):
		e.Msg, e.Hint = "a colon is where YAML expects no key", "check the indentation of this line, or put the value into quotes"
	case strings.Contains(msg, "unexpected end of stream"), strings.Contains(msg, "document indicator"):
		e.Line = max(reported, 1)
		e.Msg, e.Hint = "a quote is opened and never closed", "close the quote"
	case strings.Contains(msg, "could not find expected ':'"):
		e.Line = max(reported, 1)
		e.Msg, e.Hint = "a line is neither `key: value` nor `- item`", "is a colon missing, or the space after it?"
	case strings.Contains(msg, "did not find expected ',' or"):
		e.Msg, e.Hint = "a bracket or brace opened in line "+strconv.Itoa(reported+1)+
			" is not closed, or a comma is missing", "close it with "+msg[len(msg)-3:]
	case strings.Contains(msg, "did not find expected key"):
		e.Msg, e.Hint = "the indentation or the text does not fit the mapping that starts in line "+
			strconv.Itoa(reported+1), "align the line with the keys around it, and put text after a closing quote or bracket elsewhere"
	case strings.Contains(msg, "'-' indicator"):
		e.Msg, e.Hint = "the line does not fit the list that starts in line "+
			strconv.Itoa(reported+1), "start it with `- `, or align it with the key that has the list"
	case strings.Contains(msg, "did not find expected <document start>"):
		e.Msg, e.Hint = "the line does not continue what comes before it", "check the indentation"
	case strings.Contains(msg, "did not find expected node content"):
		e.Msg, e.Hint = "a value is missing", "a value may not start with , ] or }"
	case strings.Contains(msg, "incompatible YAML document"):
		e.Line = max(reported, 1)
		e.Msg, e.Hint = "the %YAML header asks for a version other than 1.1, which Helm reads", "remove the line"
	case strings.Contains(msg, "invalid leading UTF-8"), strings.Contains(msg, "control characters"):
		e.Msg, e.Hint = "a character is not allowed in YAML", "remove it, or write it as an escape in double quotes"
	default:
		if reported > 0 {
			e.Line = reported
		}
	}
	e.Column = 1 + in.indent(e.Line)
	if path := in.around(e.Line); path != "" {
		e.Msg += " (in " + path + ")"
	}
	return e
}

// line returns the text of a line, counted from 1. Where lines start is found once: a
// report looks at many of them.
func (r *lineReader) line(n int) []byte {
	starts := r.lineStarts()
	if n < 1 || n > len(starts) {
		return nil
	}
	l := r.data[starts[n-1]:]
	if n < len(starts) {
		l = r.data[starts[n-1] : starts[n]-1]
	}
	return bytes.TrimRight(l, "\r")
}

// lineStarts returns the offsets at which lines start.
func (r *lineReader) lineStarts() []int {
	if r.starts == nil {
		r.starts = append(make([]int, 0, 1+bytes.Count(r.data, []byte("\n"))), 0)
		for at := 0; ; {
			i := bytes.IndexByte(r.data[at:], '\n')
			if i < 0 {
				break
			}
			at += i + 1
			r.starts = append(r.starts, at)
		}
	}
	return r.starts
}

// backToText skips blank lines and comments that were read ahead.
func (r *lineReader) backToText(n int) int {
	for ; n > 1; n-- {
		if r.hasText(n) {
			return n
		}
	}
	return 1
}

func (r *lineReader) indent(n int) int {
	l := r.line(n)
	return len(l) - len(bytes.TrimLeft(l, " \t"))
}

func (r *lineReader) tabbed(n int) bool {
	l := r.line(n)
	return bytes.IndexByte(l[:r.indent(n)], '\t') >= 0
}

// around names the keys that the line is under, by indentation.
func (r *lineReader) around(n int) string {
	var path []string
	below := r.indent(n)
	for at := n - 1; at >= 1 && below > 0; at-- {
		in := r.indent(at)
		t := bytes.TrimSpace(r.line(at))
		if in >= below || len(t) == 0 || t[0] == '#' || t[0] == '-' {
			continue
		}
		key, _, ok := bytes.Cut(t, []byte(":"))
		if !ok || bytes.ContainsAny(key, "{}[]") || len(key) > 63 {
			return ""
		}
		path = append([]string{strings.Trim(string(key), `"' `)}, path...)
		below = in
	}
	return strings.Join(path, ".")
}
