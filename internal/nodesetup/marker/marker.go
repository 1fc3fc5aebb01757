// SPDX-License-Identifier: Apache-2.0

// Package marker separates node setup's block of a file from the rest by two comment lines,
// so that removing it restores the file byte for byte.
package marker

import (
	"bytes"
	"errors"
)

// The block is between these lines. BeginJoined takes the place of Begin where
// the file did not end in a newline, so that removal is exact.
const (
	Begin       = "# BEGIN helm-wasm node setup: wasm-node-setup wrote this and takes it away again\n"
	BeginJoined = "# BEGIN helm-wasm node setup (newline added): wasm-node-setup wrote this and takes it away again\n"
	End         = "# END helm-wasm node setup\n"
)

// Wrap appends a block to a file.
func Wrap(file []byte, block string) []byte {
	begin := Begin
	if !EndsLine(file) {
		begin = "\n" + BeginJoined
	}
	return append(bytes.Clone(file), begin+block+End...)
}

// EndsLine reports whether what is appended to the file starts a new line.
func EndsLine(file []byte) bool { return len(file) == 0 || file[len(file)-1] == '\n' }

// Unwrap returns the file without its block, and whether there was one.
func Unwrap(file []byte) ([]byte, bool, error) {
	start, end, err := Find(file)
	if err != nil || start < 0 {
		return file, false, err
	}
	return append(bytes.Clone(file[:start]), file[end:]...), true, nil
}

// Find returns where the block begins and ends, markers included; start is -1
// where there is none.
func Find(file []byte) (start, end int, err error) {
	start, length := findLine(file, Begin), len(Begin)
	if joined := findLine(file, BeginJoined); joined > 0 && (start < 0 || joined < start) {
		start, length = joined-1, len(BeginJoined)+1
	}
	if start < 0 {
		if strayMarker(file) {
			return -1, -1, errors.New("the file has one marker comment of node setup without the other: remove by hand what belongs to it")
		}
		return -1, -1, nil
	}
	size := findLine(file[start+length:], End)
	if size < 0 {
		return -1, -1, errors.New("the file has node setup's BEGIN comment without its END: remove by hand what belongs to it")
	}
	end = start + length + size + len(End)
	if strayMarker(file[:start]) || strayMarker(file[end:]) {
		return -1, -1, errors.New("the file has more than one block of node setup: remove one by hand")
	}
	if end < len(file) && file[start] == '\n' && length > len(BeginJoined) {
		start++ // the newline now ends a line, because another one follows
	}
	return start, end, nil
}

// Content returns what is between the markers; ok is false where the file has
// no block.
func Content(file []byte) (content []byte, ok bool, err error) {
	start, end, err := Find(file)
	if err != nil || start < 0 {
		return nil, false, err
	}
	content = bytes.TrimPrefix(file[start:end], []byte("\n"))
	for _, line := range []string{Begin, BeginJoined} {
		content = bytes.TrimPrefix(content, []byte(line))
	}
	return bytes.TrimSuffix(content, []byte(End)), true, nil
}

// strayMarker reports whether a marker line is in the text around a block.
func strayMarker(file []byte) bool {
	return findLine(file, Begin) >= 0 || findLine(file, BeginJoined) >= 0 || findLine(file, End) >= 0
}

// findLine returns the offset of a whole line, or -1.
func findLine(file []byte, line string) int {
	for from := 0; ; {
		i := bytes.Index(file[from:], []byte(line))
		if i < 0 {
			return -1
		}
		if from+i == 0 || file[from+i-1] == '\n' {
			return from + i
		}
		from += i + 1
	}
}
