// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/command"
	"github.com/helm-wasm/helm-wasm/scaling"
)

// commit is the time between two commits of the runner.
const commit = 250 * time.Millisecond

// assumptions are what the flags say, for all functions.
func assumptions(c *command.Call, native *extras) (scaling.Scenario, error) {
	s := scaling.Scenario{Phase: 7 * time.Second}
	s.Consumers.Commit = commit
	r := reader{Call: c}
	s.Duration = r.time("for")
	s.Every = distance(s.Duration, points)
	if c.Flags.String("output") == "text" {
		s.Every = distance(s.Duration, rows)
	}
	if c.Flags.Has("every") {
		s.Every = r.time("every")
	}
	s.Consumers.ServiceTime = r.time("service-time")
	s.Consumers.Startup = r.time("startup")
	s.Consumers.Rebalance = r.time("rebalance")
	s.Skew = r.number("skew")
	for _, span := range c.Flags.Strings("unreadable") {
		s.Unreadable = append(s.Unreadable, r.span(span))
	}
	if r.err != nil {
		return s, r.err
	}
	if s.Duration < time.Second || s.Duration > scaling.MaxDuration {
		return s, fmt.Errorf("flag --for: %s is not between 1s and 31d", c.Flags.String("for"))
	}
	if s.Every < time.Second || s.Duration/s.Every > maxRows {
		return s, fmt.Errorf("flag --every: %s gives too many rows of %s: give at least 1s, and at most %d rows",
			s.Every, s.Duration, maxRows)
	}
	var err error
	s.Load, err = load(c, native)
	return s, err
}

// maxRows of an answer.
const maxRows = 100_000

// load is the one of --trace or --load.
func load(c *command.Call, native *extras) (*scaling.Load, error) {
	file := c.Flags.String("trace")
	if native == nil || file == "" {
		l, err := scaling.ParseLoad(c.Flags.String("load"))
		if err != nil {
			return nil, fmt.Errorf("flag --load: %w", err)
		}
		return l, nil
	}
	if c.Flags.Has("load") {
		return nil, errors.New("flags --load and --trace both say what arrives: give one of them")
	}
	data, err := c.Read(file, "trace", maxTrace)
	if err != nil {
		return nil, fmt.Errorf("flag --trace: %w", err)
	}
	return native.trace(file, data)
}

// maxTrace is the largest trace in bytes.
const maxTrace = 64 << 20

// reader reads the values of flags, up to the first that is wrong.
type reader struct {
	*command.Call
	err error
}

func (r *reader) time(flag string) time.Duration {
	d, err := scaling.ParseTime(r.Flags.String(flag))
	r.note(flag, err)
	return d
}

func (r *reader) note(flag string, err error) {
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("flag --%s: %w", flag, err)
	}
}

func (r *reader) number(flag string) float64 {
	text := r.Flags.String(flag)
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || !(x >= 0 && x <= 10) {
		r.note(flag, fmt.Errorf("%q is not a number from 0 to 10", text))
	}
	return x
}

// count is a whole number, or what to take without the flag.
func (r *reader) count(flag string, least, most, otherwise int) int {
	if !r.Flags.Has(flag) {
		return otherwise
	}
	text := r.Flags.String(flag)
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		r.note(flag, fmt.Errorf("%q is not a whole number from %d to %d", text, least, most))
	}
	return n
}

func (r *reader) span(text string) scaling.Span {
	from, to, ok := strings.Cut(text, "..")
	a, errA := scaling.ParseTime(from)
	b, errB := scaling.ParseTime(to)
	if !ok || errA != nil || errB != nil || b <= a {
		r.note("unreadable", fmt.Errorf("%q is not a span such as 10m..15m", text))
	}
	return scaling.Span{From: a, To: b}
}
