// SPDX-License-Identifier: Apache-2.0

package oci

import "fmt"

// file is a regular file of an archive. Names are at most 100 bytes.
type file struct {
	name string
	mode int
	data []byte
}

// tarOf returns a POSIX ustar archive whose files have the owner 0 and the time
// 0. The standard library's writer would pull in the package os.
func tarOf(files []file) []byte {
	const block = 512
	size := 2 * block
	for _, f := range files {
		size += block + (len(f.data)+block-1)/block*block
	}
	out := make([]byte, 0, size)
	for _, f := range files {
		var h [block]byte
		copy(h[0:100], f.name)
		copy(h[100:], fmt.Sprintf("%07o", f.mode))
		copy(h[108:], "0000000")
		copy(h[116:], "0000000")
		copy(h[124:], fmt.Sprintf("%011o", len(f.data))) // up to 8 GiB
		copy(h[136:], "00000000000")
		copy(h[148:], "        ")
		h[156] = '0'
		copy(h[257:], "ustar\x0000")
		sum := 0
		for _, b := range h {
			sum += int(b)
		}
		copy(h[148:], fmt.Sprintf("%06o\x00 ", sum))
		out = append(out, h[:]...)
		out = append(out, f.data...)
		if pad := len(f.data) % block; pad != 0 {
			out = append(out, make([]byte, block-pad)...)
		}
	}
	return append(out, make([]byte, 2*block)...)
}
