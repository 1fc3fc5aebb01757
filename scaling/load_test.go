// SPDX-License-Identifier: Apache-2.0

package scaling

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

func TestLoad(t *testing.T) {
	for text, rates := range map[string]map[string]float64{
		"50":                                  {"0s": 50, "9h": 50},
		"50/s":                                {"0s": 50},
		" 6k/min ":                            {"0s": 100},
		"3.6M/h":                              {"0s": 1000},
		"steady":                              {"0s": 100},
		"steady(rate=7/s)":                    {"0s": 7},
		"2 * steady(5/s) + 1/s":               {"0s": 11},
		"2*(1/s + 3/s)":                       {"0s": 8},
		"spike":                               {"0s": 50, "599s": 50, "10m": 1000, "899s": 1000, "15m": 50},
		"spike(1/s, 2/s, at=1m, for=1m)":      {"59s": 1, "60s": 2, "119s": 2, "120s": 1},
		"ramp(0/s, 100/s, 10s, 10s)":          {"0s": 0, "10s": 0, "15s": 50, "20s": 100, "1h": 100},
		"ramp(0, 100, for=0s)":                {"0s": 100},
		"day(0/s, 10/s)":                      {"0s": 0, "6h": 5, "12h": 10, "1d": 0},
		"batch(300, at=1h, for=5m, every=1d)": {"0s": 0, "1h": 1, "3899s": 1, "65m": 0, "25h": 1},
		"outage(10/s, 10m, 10m, catchup=3)":   {"0s": 10, "10m": 0, "1199s": 0, "20m": 30, "1499s": 30, "25m": 10},
		"steps(1m, 5/s, 2m, 7/s)":             {"0s": 0, "1m": 5, "90s": 5, "2m": 7, "9h": 7},
	} {
		l, err := ParseLoad(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		for at, want := range rates {
			d, err := ParseTime(at)
			if err != nil {
				t.Fatal(err)
			}
			if got := l.Rate(d); math.Abs(got-want) > 1e-9 {
				t.Errorf("%s at %s: %g, want %g", text, at, got, want)
			}
		}
	}
}

// TestCatchUp: after an outage everything has arrived that would have without one.
func TestCatchUp(t *testing.T) {
	total := 0.0
	l, err := ParseLoad("outage(10/s, 10m, 10m, 3)")
	if err != nil {
		t.Fatal(err)
	}
	for s := range 3600 {
		total += l.Rate(time.Duration(s) * time.Second)
	}
	if total != 36_000 {
		t.Errorf("%g events in an hour, want 36000", total)
	}
}

func TestLoadErrors(t *testing.T) {
	for text, want := range map[string]struct {
		column int
		msg    string
	}{
		"":                        {1, "want a rate"},
		"  ":                      {3, "want a rate"},
		"50/x":                    {1, "want a rate"},
		"1.2.3":                   {1, "want a rate"},
		"-5/s":                    {1, "want a rate"},
		"5/s,":                    {4, "nothing can follow"},
		"5/s + ":                  {7, "want a rate"},
		"steadi":                  {1, `"steadi" is no load`},
		"spike(50/s, x)":          {13, "want a rate"},
		"spike(base=1, bas=2)":    {15, `spike has no "bas": it has base, peak, at, for`},
		"spike(1, base=2)":        {10, "base is given twice"},
		"spike(1 2)":              {9, "want a comma"},
		"steady(1, 2)":            {11, "no more than 1"},
		"spike(at=5)":             {10, "want a time"},
		"spike(at=5x)":            {10, "want a time"},
		"batch(5/s)":              {8, "want a comma"},
		"(5/s":                    {5, "closing parenthesis"},
		"2000000000/s":            {1, "highest rate"},
		"steps":                   {6, "in parentheses"},
		"steps(1m, 5, 1m, 6)":     {14, "have to ascend"},
		"steps(1m)":               {9, "a comma and a rate"},
		"é":                       {1, "want a rate"},
		strings.Repeat("(", 2000): {52, "too many parentheses"},
		strings.Repeat("1", 9e4):  {1, "the limit is 65536"},
	} {
		_, err := ParseLoad(text)
		var e *LoadError
		if !errors.As(err, &e) || e.Column != want.column || !strings.Contains(e.Msg, want.msg) {
			t.Errorf("%.40q: %v; want character %d, %s", text, err, want.column, want.msg)
		}
	}
	_, err := ParseLoad("spike(50/s, x)")
	if want := `load "spike(50/s, x)", character 13, at "x)": want a rate such as 50/s, 6k/min or 0.5/s`; err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func FuzzLoad(f *testing.F) {
	for _, line := range Loads() {
		text, _, _ := strings.Cut(line, ":")
		f.Add(text)
	}
	f.Add("2 * (day + spike(1k/s, for=5m)) + 3/min")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := ParseLoad(text)
		if err != nil {
			if !strings.Contains(err.Error(), ": ") {
				t.Errorf("%q: %v says nothing", text, err)
			}
			return
		}
		for _, at := range []time.Duration{0, time.Second, time.Hour, MaxDuration} {
			if r := l.Rate(at); !(r >= 0 && r <= MaxRate) {
				t.Errorf("%q at %s: %g", text, at, r)
			}
		}
		if again, err := ParseLoad(l.String()); err != nil || again.Rate(time.Hour) != l.Rate(time.Hour) {
			t.Errorf("%q, written as %q, is not the same: %v", text, l, err)
		}
	})
}

func TestTrace(t *testing.T) {
	for text, rates := range map[string]map[time.Duration]float64{
		"0,5\n60,7\n":                                    {0: 5, 59 * time.Second: 5, time.Minute: 7, time.Hour: 7},
		"\ufefftime;rate\r\n0s;5\r\n1m;7\r\n":            {0: 5, time.Minute: 7},
		"# made by hand\n1000,5\n\n1060,7":               {0: 5, time.Minute: 7},
		"2026-11-23T10:00:00Z,5\n2026-11-23T10:01:00Z,7": {0: 5, time.Minute: 7},
	} {
		l, err := ReadTrace("load.csv", []byte(text))
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		for at, want := range rates {
			if got := l.Rate(at); got != want {
				t.Errorf("%q at %s: %g, want %g", text, at, got, want)
			}
		}
	}
	for text, want := range map[string]string{
		"":                       "load.csv: no rows",
		"time,rate\n":            "load.csv: no rows",
		"0,5\n0,6":               `load.csv:2: time "0" is not after`,
		"5,5\n1,6":               `load.csv:2: time "1" is not after`,
		"-1,5":                   `load.csv:1: time "-1"`,
		"0,-5":                   `load.csv:1: rate "-5"`,
		"0,5/min":                `load.csv:1: rate "5/min"`,
		"0,NaN":                  `load.csv:1: rate "NaN"`,
		"0,5\nx,y":               `load.csv:2: time "x"`,
		"0,5,6":                  "load.csv:1: 3 fields",
		"0,1e10":                 `load.csv:1: rate "1e10"`,
		strings.Repeat("1\n", 2): "load.csv:1: 1 fields",
	} {
		if _, err := ReadTrace("load.csv", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
