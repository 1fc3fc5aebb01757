// SPDX-License-Identifier: Apache-2.0

package tmpl

import (
	"encoding/binary"
	"strconv"
)

// quoteString is strconv.Quote, but faster for text that needs no escapes.
func quoteString(s string) string {
	if !isPlain(s) {
		return strconv.Quote(s)
	}
	return `"` + s + `"`
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// isPlain reports whether s is printable ASCII without quotes and backslashes. It
// checks eight bytes at a time: in the sandbox an iteration costs more than the
// arithmetic in it.
func isPlain(s string) bool {
	var tail [8]byte
	for len(s) >= 8 {
		if !plainWord(uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56) {
			return false
		}
		s = s[8:]
	}
	if s == "" {
		return true
	}
	copy(tail[:], "aaaaaaaa")
	copy(tail[:], s)
	return plainWord(binary.LittleEndian.Uint64(tail[:]))
}

// plainWord checks eight bytes. In bad, the high bit is set for each byte that is
// beyond ASCII, below the space, or a quote, a backslash or DEL. Borrows can add
// false alarms only to words that have a bad byte anyway.
func plainWord(w uint64) bool {
	bad := w | (w - 0x20*ones) | zeroByte(w^'"'*ones) | zeroByte(w^'\\'*ones) | zeroByte(w^0x7F*ones)
	return bad&highs == 0
}

// zeroByte marks bytes that are zero.
func zeroByte(w uint64) uint64 { return (w - ones) &^ w }
