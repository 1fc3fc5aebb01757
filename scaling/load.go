// SPDX-License-Identifier: Apache-2.0

package scaling

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// MaxRate is the highest rate of a load, in events per second.
const MaxRate = 1e9

// Load is a rate of events over time. [ParseLoad] and [ReadTrace] make one.
type Load struct {
	text string
	rate shape
}

// shape is the rate in events per second at a time in seconds.
type shape func(seconds float64) float64

// Rate in events per second, at a time since the start.
func (l *Load) Rate(at time.Duration) float64 {
	return min(max(0, l.rate(at.Seconds())), MaxRate)
}

// String is the load as it was given.
func (l *Load) String() string { return l.text }

// form is a named shape of the language, with its parameters in order.
type form struct {
	name   string
	help   string
	params []param
	make   func(v []float64) shape
}

type param struct {
	name  string
	unit  unit
	value string // the default, as one would write it
}

// forms are the shapes that people name.
var forms = []form{
	{
		"steady", "the same rate all the time",
		[]param{{"rate", rates, "100/s"}},
		func(v []float64) shape { return func(float64) float64 { return v[0] } },
	},
	{
		"spike", "a base, and a peak from a time on for a while",
		[]param{{"base", rates, "50/s"}, {"peak", rates, "1000/s"}, {"at", times, "10m"}, {"for", times, "5m"}},
		func(v []float64) shape {
			return func(t float64) float64 { return pick(t >= v[2] && t < v[2]+v[3], v[1], v[0]) }
		},
	},
	{
		"ramp", "from one rate to another, evenly",
		[]param{{"from", rates, "0/s"}, {"to", rates, "1000/s"}, {"at", times, "0s"}, {"for", times, "1h"}},
		func(v []float64) shape {
			return func(t float64) float64 {
				if v[3] == 0 {
					return pick(t >= v[2], v[1], v[0])
				}
				return v[0] + (v[1]-v[0])*min(1, max(0, (t-v[2])/v[3]))
			}
		},
	},
	{
		"day", "low at midnight, where it starts, and high at noon",
		[]param{{"low", rates, "20/s"}, {"high", rates, "500/s"}, {"every", times, "24h"}},
		func(v []float64) shape {
			return func(t float64) float64 {
				return v[0] + (v[1]-v[0])*(1-math.Cos(2*math.Pi*t/max(v[2], 1)))/2
			}
		},
	},
	{
		"batch", "a number of events at a time of each day, within a while",
		[]param{{"events", counts, "100k"}, {"at", times, "2h"}, {"for", times, "5m"}, {"every", times, "24h"}},
		func(v []float64) shape {
			length, every := max(v[2], 1), max(v[3], 1)
			return func(t float64) float64 {
				since := math.Mod(t-v[1], every)
				return pick(t >= v[1] && since < length, v[0]/length, 0)
			}
		},
	},
	{
		"outage", "nothing arrives for a while, and then all of it, so many times as fast",
		[]param{{"rate", rates, "100/s"}, {"at", times, "20m"}, {"for", times, "30m"}, {"catchup", counts, "3"}},
		func(v []float64) shape {
			back := v[1] + v[2]
			done := back + v[2]/max(v[3]-1, 0.01)
			return func(t float64) float64 {
				switch {
				case t >= v[1] && t < back:
					return 0
				case t >= back && t < done:
					return v[0] * max(v[3], 1.01)
				}
				return v[0]
			}
		},
	},
}

func pick(yes bool, a, b float64) float64 {
	if yes {
		return a
	}
	return b
}

// Loads describes the named loads, one a line.
func Loads() []string {
	var lines []string
	for _, f := range forms {
		line := f.name + "("
		for i, p := range f.params {
			if i > 0 {
				line += ", "
			}
			line += p.name + "=" + p.value
		}
		lines = append(lines, line+"): "+f.help)
	}
	return append(lines, "steps(0s, 50/s, 10m, 400/s, ...): rates, each from a time on")
}

// steps is a rate that changes at given times, in ascending order, and stays.
func steps(at, rate []float64) shape {
	return func(t float64) float64 {
		i, found := slices.BinarySearch(at, t)
		if found {
			i++
		}
		if i == 0 {
			return 0
		}
		return rate[i-1]
	}
}

// LoadError is what is wrong with a load, and where.
type LoadError struct {
	Text   string
	Column int // counts characters from 1
	Msg    string
}

// Error points at the character.
func (e *LoadError) Error() string {
	rest := []rune(e.Text)[e.Column-1:]
	where := "at its end"
	if len(rest) > 0 {
		if len(rest) > 20 {
			rest = append(rest[:20:20], '.', '.', '.')
		}
		where = fmt.Sprintf("at %q", string(rest))
	}
	return fmt.Sprintf("load %q, character %d, %s: %s", e.Text, e.Column, where, e.Msg)
}
