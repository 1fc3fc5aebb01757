// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/text"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

// cronFields are the bounds of the five fields.
var cronFields = [5]struct {
	name     string
	min, max int
	names    string // three letters each, from min
}{
	{"minute", 0, 59, ""},
	{"hour", 0, 23, ""},
	{"day of month", 1, 31, ""},
	{"month", 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"},
	{"day of week", 0, 6, "sunmontuewedthufrisat"},
}

// cronError says why KEDA's parser (robfig/cron) refuses an expression, "" if
// it does not.
func cronError(expr string) string {
	if zone, ok := strings.CutPrefix(strings.TrimPrefix(expr, "CRON_"), "TZ="); ok {
		_, rest, spaced := strings.Cut(zone, " ")
		if !spaced {
			return "nothing follows the time zone"
		}
		expr = strings.TrimSpace(rest)
	}
	if strings.HasPrefix(expr, "@") {
		return "KEDA does not accept short forms such as @daily"
	}
	fields := strings.Fields(expr)
	if len(fields) != len(cronFields) {
		return "it has " + strconv.Itoa(len(fields)) + text.Plural(len(fields), " field", " fields") + " instead of 5"
	}
	for i, field := range fields {
		for part := range strings.SplitSeq(field, ",") {
			if part == "" {
				continue
			}
			if !cronRange(part, i) {
				f := &cronFields[i]
				return "the " + f.name + " " + strconv.Quote(part) + " is not between " + strconv.Itoa(f.min) + " and " +
					strconv.Itoa(f.max)
			}
		}
	}
	return ""
}

// cronRange checks number, range or star, with an optional step.
func cronRange(part string, field int) bool {
	f := &cronFields[field]
	span, step, stepped := strings.Cut(part, "/")
	low, high, ranged := strings.Cut(span, "-")
	from, to := f.min, f.max
	if low != "*" && low != "?" {
		var ok bool
		if from, ok = cronNumber(low, field); !ok {
			return false
		}
		to = from
		if ranged {
			if to, ok = cronNumber(high, field); !ok {
				return false
			}
		}
	}
	if stepped {
		n, err := strconv.Atoi(step)
		if err != nil || n < 1 {
			return false
		}
		if !ranged {
			to = f.max
		}
	}
	return from >= f.min && to <= f.max && from <= to
}

func cronNumber(s string, field int) (int, bool) {
	if names := cronFields[field].names; names != "" && len(s) == 3 {
		if i := strings.Index(names, strings.ToLower(s)); i >= 0 && i%3 == 0 {
			return cronFields[field].min + i/3, true
		}
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0
}

// isTimeZone accepts what is shaped like a name of the IANA database: there is
// none in the sandbox.
func isTimeZone(s string) bool {
	if strings.IndexByte(s, '/') < 0 {
		return strings.Contains(plainZones, " "+s+" ") && strings.IndexByte(s, ' ') < 0
	}
	for part := range strings.SplitSeq(s, "/") {
		if part == "" || part[0] < 'A' || part[0] > 'Z' {
			return false
		}
		for i := range len(part) {
			if c := part[i]; !schema.IsLower(c) && (c < 'A' || c > 'Z') && c != '_' && c != '-' && c != '+' {
				return false
			}
		}
	}
	return true
}

// plainZones are the names without an area.
const plainZones = " UTC Local UCT GMT GMT0 GMT+0 GMT-0 Greenwich Universal Zulu CET EET MET WET EST MST HST " +
	"EST5EDT CST6CDT MST7MDT PST8PDT " +
	"Cuba Egypt Eire GB GB-Eire Hongkong Iceland Iran Israel Jamaica Japan Kwajalein Libya NZ NZ-CHAT Navajo PRC " +
	"Poland Portugal ROC ROK Singapore Turkey W-SU Factory posixrules "
