// SPDX-License-Identifier: Apache-2.0

package yamlin

import (
	"bytes"
	"encoding/binary"
)

// usual reports whether the text is ASCII, and returns the offset of the first line
// with a tab, another control character, or a character that is a line break in YAML
// or that YAML refuses; -1 if there is none.
func usual(data []byte) (ascii bool, odd int) {
	ascii = true
	size := len(data)
	for len(data) > 0 {
		left := len(data)
		line := data
		if i := bytes.IndexByte(data, '\n'); i >= 0 {
			line, data = data[:i], data[i+1:]
		} else {
			data = nil
		}
		// Eight bytes at a time, because iterations are slow in the sandbox.
		for len(line) >= 8 && printable(binary.LittleEndian.Uint64(line)) {
			line = line[8:]
		}
		for i, c := range line {
			if c >= ' ' && c < 0x7f {
				continue
			}
			if c < 0x80 {
				return false, size - left
			}
			ascii = false
			next := line[i+1:]
			switch {
			case c == 0xc2: // NEL and other controls
				if len(next) == 0 || next[0] < 0xa0 {
					return false, size - left
				}
			case c == 0xe2: // line and paragraph separator
				if len(next) < 2 || next[0] == 0x80 && next[1]&0xfe == 0xa8 {
					return false, size - left
				}
			case c == 0xef: // byte order mark, not characters
				if len(next) == 0 || next[0] >= 0xb7 {
					return false, size - left
				}
			}
		}
	}
	return ascii, -1
}

// printable reports whether eight bytes are all ASCII from space to tilde. Carries
// between bytes can only add false alarms, which the slow loop then checks.
func printable(w uint64) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	return (w|(w-0x20*ones)|(w+ones))&highs == 0
}
