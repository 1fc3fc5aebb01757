// SPDX-License-Identifier: Apache-2.0

package scaling

import (
	"fmt"
	"strconv"
	"strings"
)

// Limits of a load's text.
const (
	maxLoadText = 64 << 10
	maxDepth    = 50
)

// ParseLoad reads a load: a rate such as 50/s or 6k/min, a named shape such as
// spike(base=50/s, peak=2k/s), their sum with +, or a multiple of one, as in 2 * day.
// A name without parentheses has its defaults; [Loads] lists the names. The error is a
// [*LoadError].
func ParseLoad(text string) (*Load, error) {
	if len(text) > maxLoadText {
		return nil, &LoadError{text[:20], 1, fmt.Sprintf("has %d bytes: the limit is %d", len(text), maxLoadText)}
	}
	p := &parser{text: text, rest: []rune(text)}
	p.size = len(p.rest)
	rate := p.sum(0)
	if p.space(); p.err == nil && len(p.rest) > 0 {
		p.fail("nothing can follow here but + or the end")
	}
	if p.err != nil {
		return nil, p.err
	}
	return &Load{strings.TrimSpace(text), rate}, nil
}

// parser descends through the text. After the first error it reads nothing more.
type parser struct {
	text string
	rest []rune
	size int
	err  *LoadError
}

func (p *parser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = &LoadError{p.text, p.size - len(p.rest) + 1, fmt.Sprintf(format, args...)}
		p.rest = nil
	}
}

// failAt points at where something began.
func (p *parser) failAt(rest []rune, format string, args ...any) {
	if p.err == nil {
		p.rest = rest
		p.fail(format, args...)
	}
}

func (p *parser) space() {
	for len(p.rest) > 0 && strings.ContainsRune(" \t\r\n", p.rest[0]) {
		p.rest = p.rest[1:]
	}
}

// take skips white space and the character, if it comes next.
func (p *parser) take(c rune) bool {
	p.space()
	if len(p.rest) == 0 || p.rest[0] != c {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

// while takes the characters that are in a set.
func (p *parser) while(set string) string {
	n := 0
	for n < len(p.rest) && strings.ContainsRune(set, p.rest[n]) {
		n++
	}
	word := string(p.rest[:n])
	p.rest = p.rest[n:]
	return word
}

const (
	digits  = "0123456789."
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// sum is what can stand in parentheses.
func (p *parser) sum(depth int) shape {
	total := p.product(depth)
	for p.take('+') {
		a, b := total, p.product(depth)
		total = func(t float64) float64 { return a(t) + b(t) }
	}
	return total
}

// product is a term, or a number times a term.
func (p *parser) product(depth int) shape {
	p.space()
	start := p.rest
	if factor, ok := p.plain(); ok && p.take('*') {
		of := p.term(depth)
		return func(t float64) float64 { return factor * of(t) }
	}
	if p.err != nil {
		return nil
	}
	p.rest = start
	return p.term(depth)
}

// plain is a number without a unit.
func (p *parser) plain() (float64, bool) {
	n, err := strconv.ParseFloat(p.while(digits), 64)
	return n, err == nil
}

// term is a rate, a shape, or a sum in parentheses.
func (p *parser) term(depth int) shape {
	p.space()
	if depth > maxDepth {
		p.fail("too many parentheses inside each other: the limit is %d", maxDepth)
		return nil
	}
	switch {
	case p.take('('):
		inner := p.sum(depth + 1)
		if !p.take(')') {
			p.fail("want + or a closing parenthesis")
		}
		return inner
	case len(p.rest) > 0 && strings.ContainsRune(letters, p.rest[0]):
		return p.shape()
	}
	rate := p.value(rates)
	return func(float64) float64 { return rate }
}

// shape is a name, with or without arguments.
func (p *parser) shape() shape {
	start := p.rest
	name := p.while(letters)
	if name == "steps" {
		return p.steps()
	}
	for _, f := range forms {
		if f.name == name {
			return f.make(p.arguments(f))
		}
	}
	p.failAt(start, "%q is no load: use a rate such as 50/s, or %s", name, names())
	return nil
}

// names of the shapes, for messages.
func names() string {
	var list []string
	for _, f := range forms {
		list = append(list, f.name)
	}
	return strings.Join(list, ", ") + " or steps"
}

// arguments are values in order, or by name.
func (p *parser) arguments(f form) []float64 {
	values := make([]float64, len(f.params))
	given := make([]bool, len(f.params))
	for i, q := range f.params {
		values[i] = (&parser{rest: []rune(q.value)}).value(q.unit)
	}
	if !p.take('(') || p.take(')') {
		return values
	}
	for next := 0; p.err == nil; next++ {
		p.space()
		start := p.rest
		at := p.parameter(f, next)
		if p.err != nil {
			break
		}
		if given[at] {
			p.failAt(start, "%s is given twice", f.params[at].name)
			break
		}
		given[at] = true
		values[at] = p.value(f.params[at].unit)
		if p.take(')') {
			break
		}
		if !p.take(',') {
			p.fail("want a comma or a closing parenthesis")
		}
	}
	return values
}

// parameter is the number of the parameter that an argument is for: the one that it
// names, or the next.
func (p *parser) parameter(f form, next int) int {
	start := p.rest
	name := p.while(letters)
	if name != "" && p.take('=') {
		for i, q := range f.params {
			if q.name == name {
				return i
			}
		}
		var known []string
		for _, q := range f.params {
			known = append(known, q.name)
		}
		p.failAt(start, "%s has no %q: it has %s", f.name, name, strings.Join(known, ", "))
		return 0
	}
	p.rest = start
	if next >= len(f.params) {
		p.fail("%s takes no more than %d arguments", f.name, len(f.params))
		return 0
	}
	return next
}

// steps are pairs of a time and a rate.
func (p *parser) steps() shape {
	var at, rate []float64
	if !p.take('(') {
		p.fail("want times and rates in parentheses, as in steps(0s, 50/s, 10m, 400/s)")
	}
	for p.err == nil {
		p.space()
		start := p.rest
		t := p.value(times)
		if n := len(at); n > 0 && t <= at[n-1] {
			p.failAt(start, "times have to ascend: this one is not after the one before")
		}
		if !p.take(',') {
			p.fail("want a comma and a rate")
		}
		at, rate = append(at, t), append(rate, p.value(rates))
		if p.take(')') {
			break
		}
		if !p.take(',') {
			p.fail("want a comma or a closing parenthesis")
		}
	}
	return steps(at, rate)
}
