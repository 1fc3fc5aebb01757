// SPDX-License-Identifier: Apache-2.0

package tmpl

import (
	"strconv"
	"strings"
	"testing"
)

// TestQuoteString tries every byte at every place of a word and after it.
func TestQuoteString(t *testing.T) {
	for length := range 20 {
		base := strings.Repeat("a", length)
		if got := quoteString(base); got != strconv.Quote(base) {
			t.Errorf("quoteString(%q) = %s", base, got)
		}
		for i := range length {
			for c := range 256 {
				s := base[:i] + string([]byte{byte(c)}) + base[i+1:]
				if got, want := quoteString(s), strconv.Quote(s); got != want {
					t.Errorf("quoteString(%q) = %s, want %s", s, got, want)
				}
				if plain := c >= ' ' && c < 0x7F && c != '"' && c != '\\'; isPlain(s) != plain {
					t.Errorf("isPlain(%q) = %v", s, !plain)
				}
			}
		}
	}
}

func FuzzQuoteString(f *testing.F) {
	f.Add("plain text of some length")
	f.Add("\x80\x00\"")
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := quoteString(s), strconv.Quote(s); got != want {
			t.Errorf("quoteString(%q) = %s, want %s", s, got, want)
		}
	})
}
