// SPDX-License-Identifier: Apache-2.0

package deadline

import (
	"errors"
	"fmt"

	"github.com/helm-wasm/helm-wasm/internal/opcode"
)

// maxLocals is the limit of the WebAssembly JavaScript interface, which other
// engines share.
const maxLocals = 50_000

// inserter rewrites function bodies.
type inserter struct {
	module     *module
	flag, fuel uint32 // globals
	first      uint32 // of the added functions
	walk       walk
}

// The instructions that are inserted.
const (
	opUnreachable = 0x00
	opBlock       = 0x02
	opLoop        = 0x03
	opIf          = 0x04
	opEnd         = 0x0b
	opBr          = 0x0c
	opBrIf        = 0x0d
	opBrTable     = 0x0e
	opCall        = 0x10
	opDrop        = 0x1a
	opLocalGet    = 0x20
	opGlobalGet   = 0x23
	opGlobalSet   = 0x24
	opMemoryGrow  = 0x40
	opConst       = 0x41
	opLeS         = 0x4c
	opSub         = 0x6b
	opShrU        = 0x76
	noResult      = 0x40
	i32           = 0x7f
)

// The functions that are added, in this order.
const (
	fnVisit = iota // () visits Go and then checks the flag
	fnBulk         // (i32) -> i32 counts a bulk operation of that size
	fnStart        // () calls the start function, if there is one
)

// exports returns the added exports: the flag and, if there is one, the start
// function.
func (in *inserter) exports() addition {
	a := addition{count: 1}
	put := func(name string, kind byte, index uint32) {
		a.elements = appendU32(a.elements, uint32(len(name)))
		a.elements = append(a.elements, name...)
		a.elements = appendU32(append(a.elements, kind), index)
	}
	put(flagExport, 3, in.flag)
	if in.module.start >= 0 {
		// Not the start function itself: an export would declare it for
		// ref.func, which the original may not.
		put(startExport, 0, in.first+fnStart)
		a.count++
	}
	return a
}

// functions returns the types of the added functions and their bodies. The types
// () and (i32) -> i32 have the indices voidType and voidType+1.
func (in *inserter) functions(voidType uint32) (types, code addition) {
	put := func(t uint32, body []byte) {
		types.count++
		types.elements = appendU32(types.elements, t)
		body = append(body, opEnd)
		code.count++
		code.elements = append(appendU32(code.elements, uint32(len(body))), body...)
	}
	b := appendS32([]byte{0, opConst}, visit)
	b = appendU32(append(b, opGlobalSet), in.fuel)
	b = append(b, opConst, 0, opMemoryGrow, 0, opDrop)
	b = appendU32(append(b, opGlobalGet), in.flag)
	put(voidType, append(b, opIf, noResult, opUnreachable, opEnd))

	b = appendU32([]byte{0, opGlobalGet}, in.fuel)
	b = append(b, opLocalGet, 0, opConst, 6, opShrU, opSub)
	put(voidType+1, append(in.spend(b), opLocalGet, 0))

	if in.module.start >= 0 {
		put(voidType, appendU32([]byte{0, opCall}, uint32(in.module.start)))
	}
	return types, code
}

// spend stores the rest of the fuel, which is on the stack, and visits Go if
// none is left.
func (in *inserter) spend(b []byte) []byte {
	b = appendU32(append(b, opGlobalSet), in.fuel)
	b = appendU32(append(b, opGlobalGet), in.fuel)
	b = append(b, opConst, 0, opLeS, opIf, noResult)
	return append(appendU32(append(b, opCall), in.first+fnVisit), opEnd)
}

// check counts one iteration of a loop, or one call of a function, of that many
// bytes of code.
func (in *inserter) check(b []byte, bytes int) []byte {
	b = appendU32(append(b, opGlobalGet), in.fuel)
	b = appendS32(append(b, opConst), uint32(min(1+bytes/unitBytes, visit)))
	return in.spend(append(b, opSub))
}

// code rewrites the bodies of the code section. The added functions come later.
func (in *inserter) code(sec section) ([]byte, error) {
	s := &scanner{b: sec.body, base: sec.offset}
	n := s.count("function bodies")
	if defined := len(in.module.funcs) - in.module.imported; s.err == nil && n != defined {
		return nil, fmt.Errorf("%d functions are declared but %d have a body", defined, n)
	}
	out := appendU32(make([]byte, 0, len(sec.body)+len(sec.body)/8), uint32(n))
	var buf []byte
	for i := range n {
		size := s.u32("a body's size")
		from := s.pos
		s.skip(size, "a function body")
		if s.err != nil {
			return nil, s.err
		}
		var err error
		buf, err = in.body(buf[:0], s.b[from:s.pos])
		if err != nil {
			var bad *opcode.Error
			if errors.As(err, &bad) {
				return nil, fmt.Errorf("function %d at offset %d: %w", in.module.imported+i, sec.offset+from+bad.Offset, err)
			}
			return nil, fmt.Errorf("function %d at offset %d: %w", in.module.imported+i, sec.offset+from, err)
		}
		out = appendU32(out, uint32(len(buf)))
		out = append(out, buf...)
	}
	if s.err == nil && s.pos != len(s.b) {
		return nil, fmt.Errorf("the code section has %d bytes too many", len(s.b)-s.pos)
	}
	return out, s.err
}

// body rewrites one function.
func (in *inserter) body(out, body []byte) ([]byte, error) {
	s := &scanner{b: body}
	locals := 0
	for n := s.count("groups of locals"); n > 0 && s.err == nil; n-- {
		// wazero allocates for as many as 2^32.
		if locals += int(s.u32("a number of locals")); locals > maxLocals {
			s.fail("more than %d locals, the most that engines accept", maxLocals)
		}
		in.module.valueType(s, "a local")
	}
	if s.err != nil {
		return nil, s.err
	}
	w := &in.walk
	w.module, w.body, w.from, w.wrap = in.module, body, s.pos, true
	if err := w.places(); err != nil {
		return nil, err
	}
	from := 0
	for _, p := range w.list {
		out = append(out, body[from:p.at]...)
		from = p.at
		switch p.kind {
		case atBulk:
			out = appendU32(append(out, opCall), in.first+fnBulk)
		case atLoop:
			out = in.open(out, body[p.at+1:p.next])
		case inLoop:
			out = in.checkOut(out, p.size)
		case afterLoop:
			out = in.close(out)
		case atBranch:
			out = append(out, w.branches[p.code:p.code+p.size]...)
			from = p.next
		case atCheck:
			out = in.check(out, p.size)
		}
	}
	return append(out, body[from:]...), nil
}
