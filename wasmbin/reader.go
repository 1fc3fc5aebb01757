// SPDX-License-Identifier: Apache-2.0

package wasmbin

import (
	"fmt"
	"unicode/utf8"
)

// FormatError reports a broken binary: what is wrong with the bytes, and where.
type FormatError struct {
	// Offset is the position in the input in bytes.
	Offset int
	// Reason is the part of the message that says what is wrong.
	Reason string
}

func (e *FormatError) Error() string {
	return fmt.Sprintf("not a valid WebAssembly binary: %s at offset %d (0x%x)", e.Reason, e.Offset, e.Offset)
}

// reader walks a slice of the input. It keeps the first error, and every read
// after that returns zero, so that callers check once.
type reader struct {
	b    []byte
	pos  int
	base int // offset of b in the input
	err  error
}

func (r *reader) offset() int { return r.base + r.pos }
func (r *reader) left() int   { return len(r.b) - r.pos }
func (r *reader) more() bool  { return r.err == nil && r.pos < len(r.b) }

func (r *reader) fail(at int, format string, args ...any) {
	if r.err == nil {
		r.err = &FormatError{Offset: at, Reason: fmt.Sprintf(format, args...)}
	}
	r.pos = len(r.b)
}

func (r *reader) byte(what string) byte {
	if r.err != nil || r.pos >= len(r.b) {
		r.fail(r.offset(), "%s is cut off", what)
		return 0
	}
	r.pos++
	return r.b[r.pos-1]
}

func (r *reader) u32(what string) uint32 { return uint32(r.leb(what, 32)) }

// leb reads an unsigned LEB128 number of at most the given number of bits.
func (r *reader) leb(what string, bits uint) uint64 {
	at := r.offset()
	var v uint64
	for shift := uint(0); shift < bits; shift += 7 {
		d := r.byte(what)
		if r.err != nil {
			return 0
		}
		if left := bits - shift; left < 7 && d>>left != 0 {
			break
		}
		v |= uint64(d&0x7f) << shift
		if d < 0x80 {
			return v
		}
	}
	r.fail(at, "%s is a number of more than %d bits", what, bits)
	return 0
}

// skipSigned reads past a signed number of at most n bytes.
func (r *reader) skipSigned(what string, n int) {
	at := r.offset()
	for range n {
		if r.byte(what) < 0x80 || r.err != nil {
			return
		}
	}
	r.fail(at, "%s is too long a number", what)
}

// count reads the length of a vector. Every element takes at least min bytes,
// so a count that cannot fit is refused before anything is allocated for it.
func (r *reader) count(what string, min, limit int) int {
	at := r.offset()
	n := r.u32("the number of " + what)
	if uint64(n)*uint64(min) > uint64(r.left()) {
		r.fail(at, "%d %s do not fit into the %d bytes that are left", n, what, r.left())
		return 0
	}
	if int(n) > limit {
		r.fail(at, "%d %s are more than the %d that engines accept", n, what, limit)
		return 0
	}
	return int(n)
}

func (r *reader) name(what string) string {
	at := r.offset()
	n := r.u32("the length of " + what)
	if r.err != nil {
		return ""
	}
	if int64(n) > int64(r.left()) {
		r.fail(at, "%s is %d bytes long but %d are left", what, n, r.left())
		return ""
	}
	s := r.b[r.pos : r.pos+int(n)]
	r.pos += int(n)
	if !utf8.Valid(s) {
		r.fail(at, "%s is not valid UTF-8", what)
		return ""
	}
	return string(s)
}

// section reads the number and the content of a section.
func (r *reader) section() (id byte, content *reader) {
	at := r.offset()
	id = r.byte("a section")
	size := r.u32(fmt.Sprintf("the size of section %d", id))
	if r.err == nil && int64(size) > int64(r.left()) {
		r.fail(at, "section %d says it is %d bytes long but the input ends after %d: cut off?", id, size, r.left())
	}
	if r.err != nil {
		return id, &reader{err: r.err}
	}
	content = &reader{b: r.b[r.pos : r.pos+int(size)], base: r.offset()}
	r.pos += int(size)
	return id, content
}
