// SPDX-License-Identifier: Apache-2.0

package scaling

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// MaxRows of a trace.
const MaxRows = 1_000_000

// ReadTrace reads a load from CSV: a time and a rate in events per second in each row,
// separated by a comma or a semicolon. Times are seconds, values such as 10m, or dates
// as RFC 3339 has them, and ascend; the first is the start. A rate stays until the next
// row, however long that is, and the last one to the end. One line of headings, empty
// lines and lines that begin with # are skipped. name stands for the file in messages.
func ReadTrace(name string, data []byte) (*Load, error) {
	var at, rate []float64
	first := 0.0
	for i, line := range strings.Split(string(bytes.TrimPrefix(data, []byte("\ufeff"))), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		fail := func(format string, args ...any) (*Load, error) {
			return nil, fmt.Errorf("%s:%d: %s", name, i+1, fmt.Sprintf(format, args...))
		}
		fields := strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == ';' })
		if len(fields) != 2 {
			return fail("%d fields: give a time and a rate", len(fields))
		}
		t, okT := traceTime(strings.Trim(fields[0], " \""))
		r, errR := strconv.ParseFloat(strings.Trim(fields[1], " \""), 64)
		if len(at) == 0 && !okT && errR != nil {
			continue // headings
		}
		switch {
		case !okT:
			return fail("time %q: give seconds, a value such as 10m, or a date such as 2026-11-23T10:00:00Z", fields[0])
		case errR != nil || !(r >= 0 && r <= MaxRate):
			return fail("rate %q: give events per second, from 0 to %g", fields[1], MaxRate)
		case len(at) == MaxRows:
			return fail("more than %d rows: make the trace coarser", MaxRows)
		}
		if len(at) == 0 {
			first = t
		}
		if t -= first; len(at) > 0 && t <= at[len(at)-1] {
			return fail("time %q is not after the one before: sort the rows by time, one for each", fields[0])
		}
		at, rate = append(at, t), append(rate, r)
	}
	if len(at) == 0 {
		return nil, fmt.Errorf("%s: no rows: give a time and a rate in each, such as 0,50", name)
	}
	return &Load{name, steps(at, rate)}, nil
}

// traceTime is in seconds.
func traceTime(text string) (float64, bool) {
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return n, n >= 0 && n <= 1e12
	}
	if d, err := time.Parse(time.RFC3339, text); err == nil {
		return float64(d.UnixNano()) / 1e9, true
	}
	d, err := ParseTime(text)
	return d.Seconds(), err == nil
}

// ParseTime reads a time such as 90s, 10m, 2h or 1d.
func ParseTime(text string) (time.Duration, error) {
	p := &parser{text: text, rest: []rune(text)}
	p.size = len(p.rest)
	s := p.value(times)
	if p.space(); len(p.rest) > 0 {
		p.fail("nothing can follow here")
	}
	if p.err != nil || s > 1e9 {
		return 0, fmt.Errorf("%q: %s", text, want[times])
	}
	return time.Duration(s * float64(time.Second)), nil
}
