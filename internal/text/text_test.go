// SPDX-License-Identifier: Apache-2.0

package text

import (
	"strings"
	"testing"
)

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0 topics", 1: "1 topic", 2: "2 topics"} {
		if got := Count(n, "topic", "topics"); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestQuote(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", `""`},
		{"a\tb", `"a\tb"`},
		{strings.Repeat("x", 60), `"` + strings.Repeat("x", 60) + `"`},
		{strings.Repeat("x", 61), `"` + strings.Repeat("x", 57) + `..."`},
		{strings.Repeat("x", 56) + strings.Repeat("\u00e9", 9), `"` + strings.Repeat("x", 56) + `..."`},
	}
	for _, tc := range tests {
		if got := Quote(tc.in); got != tc.want {
			t.Errorf("Quote(%q) = %s, want %s", tc.in, got, tc.want)
		}
	}
}

func TestOneLine(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{"plain, with \u00e9", "plain, with \u00e9"},
		{"two\nlines", `two\nlines`},
		{"a\x1b[31mred", `a\x1b[31mred`},
		{"c1 \u009b", `c1 \u009b`},
		{"del\x7f", `del\x7f`},
	}
	for _, tc := range tests {
		if got := OneLine(tc.in); got != tc.want {
			t.Errorf("OneLine(%q) = %q, want %q", tc.in, got, tc.want)
		}
	}
}
