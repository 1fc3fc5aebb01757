// SPDX-License-Identifier: Apache-2.0

// Package text contains the few helpers that messages share: plurals, shortened
// values, and lines that a terminal can show. It is pure and small, for use in the
// sandbox.
package text

import (
	"strconv"
	"unicode/utf8"
)

// Plural returns one where n is 1, otherwise many.
func Plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// Count returns n and its noun: "1 topic", "3 topics".
func Count(n int, one, many string) string {
	return strconv.Itoa(n) + " " + Plural(n, one, many)
}

// longest is how many bytes of a value a message quotes.
const longest = 60

// Quote writes a value for a message as strconv.Quote does, but shortens one of
// more than 60 bytes, which then ends in dots.
func Quote(s string) string {
	if len(s) > longest {
		end := longest - len("...")
		for end > 0 && !utf8.RuneStart(s[end]) {
			end-- // not in the middle of a character
		}
		s = s[:end] + "..."
	}
	return strconv.Quote(s)
}

// OneLine escapes control characters, so that a value cannot split a report
// into lines of its own or send commands to a terminal. Everything else stays.
func OneLine(s string) string {
	for i := 0; i < len(s); i++ {
		// 0xc2 begins the UTF-8 form of U+0080 to U+00BF.
		if s[i] < ' ' || s[i] == 0x7f || s[i] == 0xc2 {
			return escapeControls(s)
		}
	}
	return s
}

func escapeControls(s string) string {
	out := make([]byte, 0, len(s)+16)
	for _, r := range s {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			q := strconv.QuoteRune(r)
			out = append(out, q[1:len(q)-1]...)
		} else {
			out = utf8.AppendRune(out, r)
		}
	}
	return string(out)
}
