// SPDX-License-Identifier: Apache-2.0

package deadline

import (
	"fmt"

	"github.com/helm-wasm/helm-wasm/internal/opcode"
)

type section struct {
	id     byte
	offset int // of the content in the input
	body   []byte
}

// scanner reads the content of a section. It keeps the first error.
type scanner struct {
	b    []byte
	pos  int
	base int
	err  error
}

func (s *scanner) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf(format+" at offset %d", append(args, s.base+s.pos)...)
	}
	s.pos = len(s.b)
}

func (s *scanner) u32(what string) uint32 {
	var v uint64
	for i := 0; i < 5 && s.pos < len(s.b); i++ {
		d := s.b[s.pos]
		s.pos++
		v |= uint64(d&0x7f) << (7 * i)
		if d < 0x80 {
			if v > 1<<32-1 {
				break
			}
			return uint32(v)
		}
	}
	s.fail("reading %s: cut off or too large", what)
	return 0
}

func (s *scanner) byte(what string) byte {
	if s.pos >= len(s.b) {
		s.fail("reading %s: cut off", what)
		return 0
	}
	s.pos++
	return s.b[s.pos-1]
}

func (s *scanner) skip(n uint32, what string) {
	if int64(n) > int64(len(s.b)-s.pos) {
		s.fail("reading %s: cut off", what)
		return
	}
	s.pos += int(n)
}

// count reads the length of a vector, whose elements take at least a byte each.
func (s *scanner) count(what string) int {
	n := s.u32("the number of " + what)
	if int64(n) > int64(len(s.b)-s.pos) {
		s.fail("reading %d %s: cut off", n, what)
		return 0
	}
	return int(n)
}

func (s *scanner) name(what string) string {
	n := s.u32(what)
	from := s.pos
	s.skip(n, what)
	if s.err != nil {
		return ""
	}
	return string(s.b[from:s.pos])
}

func (s *scanner) limits(what string) {
	flags := s.byte(what)
	s.u32(what) // 64-bit limits do not fit, but wazero has no 64-bit memories
	if flags&1 != 0 {
		s.u32(what)
	}
	if flags&^3 != 0 {
		s.fail("reading %s: flags 0x%02x are not known", what, flags)
	}
}

// split cuts a core module into its sections.
func split(wasm []byte) ([]section, error) {
	if len(wasm) < 8 || string(wasm[:8]) != "\x00asm\x01\x00\x00\x00" {
		return nil, fmt.Errorf("not a WebAssembly core module")
	}
	s := &scanner{b: wasm, pos: 8}
	var list []section
	last := 0
	for s.err == nil && s.pos < len(s.b) {
		id := s.byte("a section")
		size := s.u32("a section's size")
		from := s.pos
		s.skip(size, "a section")
		if s.err != nil {
			break
		}
		if int(id) >= len(opcode.SectionOrder) {
			return nil, fmt.Errorf("section %d at offset %d is not known", id, from)
		}
		if id != opcode.SectionCustom {
			if opcode.SectionOrder[id] <= last {
				return nil, fmt.Errorf("section %d at offset %d comes twice or too late", id, from)
			}
			last = opcode.SectionOrder[id]
		}
		list = append(list, section{id, from, wasm[from:s.pos]})
	}
	return list, s.err
}

func appendU32(b []byte, v uint32) []byte {
	for v >= 0x80 {
		b = append(b, byte(v)|0x80)
		v >>= 7
	}
	return append(b, byte(v))
}

// appendS32 appends a non-negative number as signed LEB128.
func appendS32(b []byte, v uint32) []byte {
	for v >= 0x40 {
		b = append(b, byte(v)|0x80)
		v >>= 7
	}
	return append(b, byte(v))
}

func appendSection(b []byte, id byte, body []byte) []byte {
	b = append(b, id)
	b = appendU32(b, uint32(len(body)))
	return append(b, body...)
}

// grown returns the content of a section with more elements at the end of its
// vector.
func grown(old []byte, more uint32, elements []byte) []byte {
	if len(old) == 0 {
		return append(appendU32(nil, more), elements...)
	}
	s := &scanner{b: old}
	n := s.u32("a count")
	out := appendU32(make([]byte, 0, len(old)+len(elements)+5), n+more)
	out = append(out, old[s.pos:]...)
	return append(out, elements...)
}
