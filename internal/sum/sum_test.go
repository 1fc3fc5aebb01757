// SPDX-License-Identifier: Apache-2.0

package sum

import (
	"crypto/sha256"
	"strings"
	"testing"
)

func TestSHA256(t *testing.T) {
	text := strings.Repeat("0123456789abcdef\x00\xff", 20)
	for n := range len(text) + 1 {
		want := sha256.Sum256([]byte(text[:n]))
		if got := SHA256(text[:n]); got != want {
			t.Errorf("string of %d bytes: %x, want %x", n, got, want)
		}
		if got := SHA256([]byte(text[:n])); got != want {
			t.Errorf("%d bytes: %x, want %x", n, got, want)
		}
	}
}

func FuzzSHA256(f *testing.F) {
	f.Add([]byte("abc"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if got, want := SHA256(data), sha256.Sum256(data); got != want {
			t.Errorf("%x, want %x", got, want)
		}
	})
}
