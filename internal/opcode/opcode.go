// SPDX-License-Identifier: Apache-2.0

// Package opcode walks WebAssembly instructions without executing or
// validating them: it knows how long each instruction is, the numbers and the
// order of the sections around them, and nothing else. It is pure.
//
// It covers the WebAssembly 3.0 instruction set (SIMD and relaxed SIMD,
// threads, exceptions in both encodings, tail calls, reference types, garbage
// collection, multiple memories, 64-bit memories) and wide arithmetic. Any
// other instruction is an error that names it. It never panics and reads each
// byte once.
package opcode

import "fmt"

// Op is the code of an instruction. Prefixed instructions have the prefix byte in
// bits 16 to 23 and their number below it.
type Op uint32

// The instructions that callers look for.
const (
	Block              Op = 0x02
	Loop               Op = 0x03
	If                 Op = 0x04
	Try                Op = 0x06 // of the older exceptions
	Rethrow            Op = 0x09 // of the older exceptions
	End                Op = 0x0b
	Br                 Op = 0x0c
	BrIf               Op = 0x0d
	BrTable            Op = 0x0e
	Call               Op = 0x10
	CallIndirect       Op = 0x11
	ReturnCall         Op = 0x12
	ReturnCallIndirect Op = 0x13
	CallRef            Op = 0x14
	ReturnCallRef      Op = 0x15
	Delegate           Op = 0x18 // ends a Try
	SelectTyped        Op = 0x1c
	TryTable           Op = 0x1f
	LocalGet           Op = 0x20
	LocalSet           Op = 0x21
	LocalTee           Op = 0x22
	GlobalGet          Op = 0x23
	GlobalSet          Op = 0x24
	I32Const           Op = 0x41
	I64Const           Op = 0x42
	RefNull            Op = 0xd0
	RefFunc            Op = 0xd2
	BrOnNull           Op = 0xd5
	BrOnNonNull        Op = 0xd6
	MemoryInit         Op = PrefixMisc | 8
	MemoryCopy         Op = PrefixMisc | 10
	MemoryFill         Op = PrefixMisc | 11
	TableInit          Op = PrefixMisc | 12
	TableCopy          Op = PrefixMisc | 14
	TableFill          Op = PrefixMisc | 17
	BrOnCast           Op = PrefixGC | 24
	BrOnCastFail       Op = PrefixGC | 25
)

// The prefix bytes, as they appear in an Op.
const (
	PrefixGC      Op = 0xfb << 16
	PrefixMisc    Op = 0xfc << 16
	PrefixSIMD    Op = 0xfd << 16
	PrefixThreads Op = 0xfe << 16
)

// Prefix returns the prefix, 0 for one-byte instructions.
func (o Op) Prefix() Op { return o & 0xff0000 }

// Number returns the number after the prefix.
func (o Op) Number() uint32 { return uint32(o & 0xffff) }

func (o Op) String() string {
	if o.Prefix() == 0 {
		return fmt.Sprintf("0x%02x", uint32(o))
	}
	return fmt.Sprintf("0x%02x 0x%02x", uint32(o>>16), o.Number())
}

// Error says which instruction could not be read, and where.
type Error struct {
	Offset int // of the instruction, in the slice given to Next
	Op     Op
	Reason string
}

func (e *Error) Error() string { return fmt.Sprintf("instruction %s: %s", e.Op, e.Reason) }

const (
	reasonUnknown   = "not known"
	reasonTruncated = "cut off"
	reasonLEB       = "a number is longer than its type allows"
	reasonType      = "its type is written in a form that is not a valid type"
)

// Unknown reports whether the instruction is not known at all, rather than cut
// off or malformed.
func (e *Error) Unknown() bool { return e.Reason == reasonUnknown }

// Next reads the instruction at b[pos:]. It returns its code, its first index
// immediate (of call, br, local.get, a block's type, ...; 0 if it has none) and
// the position after it. Errors are of type *Error.
func Next(b []byte, pos int) (op Op, arg uint32, next int, err error) {
	if pos < 0 || pos >= len(b) {
		return 0, 0, pos, &Error{Offset: pos, Reason: reasonTruncated}
	}
	c := cursor{b: b, pos: pos + 1}
	first := b[pos]
	op = Op(first)
	form := forms[first]
	if form == prefixed {
		sub := c.u32()
		if sub > 0xffff || c.bad != "" {
			op <<= 16
			return op, 0, pos, &Error{Offset: pos, Op: op, Reason: c.reason(reasonUnknown)}
		}
		op = op<<16 | Op(sub)
		form = prefixForm(first, sub)
	}
	arg = c.immediates(form)
	if c.bad != "" {
		return op, 0, pos, &Error{Offset: pos, Op: op, Reason: c.bad}
	}
	return op, arg, c.pos, nil
}

// SkipType returns the position after the value type at b[pos:] and the index of
// the type that it refers to, 0 if none. It is not ok if the type is malformed.
func SkipType(b []byte, pos int) (next int, index uint32, ok bool) {
	c := cursor{b: b, pos: pos}
	index = c.typeOrIndex()
	return c.pos, index, c.bad == ""
}
