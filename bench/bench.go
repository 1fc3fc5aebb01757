// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Benchmark is one comparison, or several that belong together.
type Benchmark struct {
	Name string
	Run  func(*Env) ([]Result, error)
}

// errNotMeasured means that a benchmark cannot measure on its own; the results of
// an earlier run then stay.
var errNotMeasured = errors.New("not measured")

// benchmarks are in the order of their files' names.
var benchmarks []Benchmark

// register adds a benchmark; call it from an init function.
func register(name string, run func(*Env) ([]Result, error)) {
	benchmarks = append(benchmarks, Benchmark{Name: name, Run: run})
}

// Env is where a benchmark runs.
type Env struct {
	context.Context

	// Root of the repository, Out for what benchmarks write (git-ignored).
	Root, Out string

	// Runs is how often each side is measured.
	Runs int

	home *home
}

// Result compares one figure.
type Result struct {
	Benchmark string `json:"benchmark"`
	Name      string `json:"name"`

	// Ours and Theirs are medians; Theirs is 0 when nothing compares.
	Ours   float64 `json:"ours"`
	Theirs float64 `json:"theirs,omitempty"`

	// Against says what theirs is.
	Against string `json:"against,omitempty"`

	// Ratio is above 1 when ours is better.
	Ratio float64 `json:"ratio,omitempty"`

	Unit string `json:"unit"`
	Runs int    `json:"runs"`

	// MoreIsBetter for rates; for times, sizes and memory less is better.
	MoreIsBetter bool `json:"moreIsBetter,omitempty"`

	// Target is what the project promises, in words; Met whether that holds.
	Target string `json:"target,omitempty"`
	Met    *bool  `json:"met,omitempty"`
}

// atMost sets an upper bound for our figure.
func (r Result) atMost(limit float64) Result {
	met := r.Ours <= limit
	r.Target, r.Met = "at most "+number(limit)+" "+r.Unit, &met
	return r
}

// atLeastTimes promises a ratio.
func (r Result) atLeastTimes(factor float64) Result {
	r.finish()
	met := r.Ratio >= factor
	r.Target, r.Met = "at least "+number(factor)+" times better", &met
	return r
}

// finish computes the ratio.
func (r *Result) finish() {
	if r.Theirs == 0 || r.Ours == 0 {
		return
	}
	r.Ratio = r.Theirs / r.Ours
	if r.MoreIsBetter {
		r.Ratio = 1 / r.Ratio
	}
	r.Ratio = math.Round(r.Ratio*100) / 100
}

func (r Result) String() string {
	s := fmt.Sprintf("%s: %s %s", r.Name, number(r.Ours), r.Unit)
	if r.Theirs != 0 {
		s += fmt.Sprintf(", %s: %s %s (ratio %s)", r.Against, number(r.Theirs), r.Unit, number(r.Ratio))
	}
	if r.Met != nil {
		s += map[bool]string{true: ", target met: ", false: ", TARGET MISSED: "}[*r.Met] + r.Target
	}
	return s
}

// compare measures two sides in turn, so that a slow moment of the machine
// hits both, and returns the medians. A nil side is not measured.
func (e *Env) compare(ours, theirs func() (float64, error)) (a, b float64, err error) {
	var as, bs []float64
	for range e.Runs {
		if err := e.Err(); err != nil {
			return 0, 0, err
		}
		v, err := ours()
		if err != nil {
			return 0, 0, err
		}
		as = append(as, v)
		if theirs == nil {
			continue
		}
		if v, err = theirs(); err != nil {
			return 0, 0, err
		}
		bs = append(bs, v)
	}
	return median(as), median(bs), nil
}

// median returns the median of the values; 0 if there are none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	v := slices.Clone(values)
	slices.Sort(v)
	mid := v[len(v)/2]
	if len(v)%2 == 0 {
		mid = (mid + v[len(v)/2-1]) / 2
	}
	return round(mid)
}

// round keeps three significant digits: more would be noise.
func round(v float64) float64 {
	if v == 0 {
		return 0
	}
	scale := math.Pow(10, 2-math.Floor(math.Log10(math.Abs(v))))
	return math.Round(v*scale) / scale
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
