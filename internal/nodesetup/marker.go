// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"bytes"
	"errors"
)

// Our part of a file stands between these lines. The second form of the first
// says that the file did not end in a newline, so that removal is exact.
const (
	beginLine   = "# BEGIN helm-wasm node setup: wasm-node-setup wrote this and takes it away again\n"
	beginJoined = "# BEGIN helm-wasm node setup (newline added): wasm-node-setup wrote this and takes it away again\n"
	endLine     = "# END helm-wasm node setup\n"
)

// wrap appends a block to a file.
func wrap(file []byte, block string) []byte {
	begin := beginLine
	if !endsLine(file) {
		begin = "\n" + beginJoined
	}
	return append(bytes.Clone(file), begin+block+endLine...)
}

// endsLine says that what is appended starts a line.
func endsLine(file []byte) bool { return len(file) == 0 || file[len(file)-1] == '\n' }

// unwrap takes our block out of a file. It says whether there was one.
func unwrap(file []byte) ([]byte, bool, error) {
	start, end, err := blockOf(file)
	if err != nil || start < 0 {
		return file, false, err
	}
	return append(bytes.Clone(file[:start]), file[end:]...), true, nil
}

// blockOf is where our block begins and ends, with its markers; -1 where there
// is none.
func blockOf(file []byte) (start, end int, err error) {
	start, length := findLine(file, beginLine), len(beginLine)
	if joined := findLine(file, beginJoined); joined > 0 && (start < 0 || joined < start) {
		start, length = joined-1, len(beginJoined)+1
	}
	if start < 0 {
		if strayMarker(file) {
			return -1, -1, errors.New("the file has one marker comment of node setup without the other: take out by hand what belongs to it")
		}
		return -1, -1, nil
	}
	size := findLine(file[start+length:], endLine)
	if size < 0 {
		return -1, -1, errors.New("the file has node setup's BEGIN comment without its END: take out by hand what belongs to it")
	}
	end = start + length + size + len(endLine)
	if strayMarker(file[:start]) || strayMarker(file[end:]) {
		return -1, -1, errors.New("the file has more than one block of node setup: take out one by hand")
	}
	if end < len(file) && file[start] == '\n' && length > len(beginJoined) {
		start++ // the newline ends a line now that another one follows
	}
	return start, end, nil
}

// strayMarker says that one of our lines is in what is around a block.
func strayMarker(file []byte) bool {
	return findLine(file, beginLine) >= 0 || findLine(file, beginJoined) >= 0 || findLine(file, endLine) >= 0
}

// findLine is the offset of a whole line, or -1.
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
