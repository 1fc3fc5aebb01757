// SPDX-License-Identifier: Apache-2.0

package nodesetup

import "encoding/binary"

// tryText is what the program prints.
const tryText = "WebAssembly runs here\n"

// tryModule assembles the program that a trial runs, as small as a WASI
// command can be:
//
//	(module
//	  (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
//	  (memory (export "memory") 1)
//	  (data (i32.const 0) iovec{20, len} .. tryText)
//	  (func (export "_start")
//	    (if (call 0 (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)) (then unreachable))))
//
// It returns instead of calling proc_exit, which some engines report as a trap.
func tryModule() []byte {
	const i32, function = 0x7f, 0x60
	data := binary.LittleEndian.AppendUint32(nil, 20)
	data = binary.LittleEndian.AppendUint32(data, uint32(len(tryText)))
	data = append(append(data, make([]byte, 12)...), tryText...)

	module := []byte("\x00asm\x01\x00\x00\x00")
	section := func(id byte, parts ...[]byte) {
		var body []byte
		for _, part := range parts {
			body = append(body, part...)
		}
		module = append(append(module, id), sized(body)...)
	}
	section(1, []byte{2, function, 4, i32, i32, i32, i32, 1, i32, function, 0, 0})
	section(2, []byte{1}, sized([]byte("wasi_snapshot_preview1")), sized([]byte("fd_write")), []byte{0, 0})
	section(3, []byte{1, 1})
	section(5, []byte{1, 0, 1})
	section(7, []byte{2}, sized([]byte("memory")), []byte{2, 0}, sized([]byte("_start")), []byte{0, 1})
	section(10, []byte{1}, sized([]byte{
		0,                                            // no locals
		0x41, 1, 0x41, 0, 0x41, 1, 0x41, 16, 0x10, 0, // fd_write(1, 0, 1, 16)
		0x04, 0x40, 0x00, 0x0b, // if it gives an error: unreachable
		0x0b,
	}))
	section(11, []byte{1, 0, 0x41, 0, 0x0b}, sized(data))
	return module
}

// sized puts a length before bytes.
func sized(b []byte) []byte { return append(binary.AppendUvarint(nil, uint64(len(b))), b...) }
