// SPDX-License-Identifier: Apache-2.0

package scaling

import (
	"math"
	"strconv"
)

// unit is what a value in a load can be measured in.
type unit int

const (
	rates  unit = iota // events per second
	times              // seconds
	counts             // a plain number
)

// seconds in a unit of time.
func seconds(unit string) (float64, bool) {
	switch unit {
	case "ms":
		return 0.001, true
	case "s":
		return 1, true
	case "m", "min":
		return 60, true
	case "h":
		return 3600, true
	case "d":
		return 86400, true
	}
	return 1, false
}

// want says in a message what a unit looks like.
var want = [...]string{
	rates:  "want a rate such as 50/s, 6k/min or 0.5/s",
	times:  "want a time such as 90s, 10m, 2h or 1d",
	counts: "want a number such as 3, 100k or 2M",
}

// value reads a number with its unit. A rate without one is per second; k and M stand
// for thousands and millions.
func (p *parser) value(u unit) float64 {
	p.space()
	start := p.rest
	n, err := strconv.ParseFloat(p.while(digits), 64)
	word := p.while(letters)
	if u != times {
		switch word {
		case "k", "K":
			n, word = n*1e3, ""
		case "M":
			n, word = n*1e6, ""
		}
	}
	if u == rates && word == "" && len(p.rest) > 0 && p.rest[0] == '/' {
		p.rest = p.rest[1:]
		per, known := seconds(p.while(letters))
		if !known {
			err = strconv.ErrSyntax
		}
		n /= per
	}
	if u == times {
		factor, known := seconds(word)
		if !known && (word != "" || n != 0) {
			err = strconv.ErrSyntax
		}
		n, word = n*factor, ""
	}
	switch {
	case err != nil || word != "":
		p.failAt(start, "%s", want[u])
		return 0
	case u == rates && n > MaxRate:
		p.failAt(start, "the highest rate is %g events per second", MaxRate)
	case math.IsInf(n, 0) || n > 1e15:
		p.failAt(start, "is too large")
	}
	return n
}
