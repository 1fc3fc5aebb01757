// SPDX-License-Identifier: Apache-2.0

package opcode

// form is the layout of the immediates of an instruction.
type form uint8

const (
	unknown form = iota
	none
	prefixed
	block      // a block type
	index      // one index
	index2     // two indices
	brTable    // a vector of labels and a default
	memarg     // alignment, optional memory index, offset
	memargLane // the same and a lane
	s32        // i32.const
	s64        // i64.const
	bytes1     // a lane, or atomic.fence's zero
	bytes4     // f32.const
	bytes8     // f64.const
	bytes16    // v128.const, i8x16.shuffle
	valueTypes // select with types
	heapType   // ref.null, ref.test
	tryTable   // a block type and catch clauses
	castBranch // flags, label, two heap types
)

var forms = oneByte()

func oneByte() (f [256]form) {
	set := func(v form, from, to int) {
		for i := from; i <= to; i++ {
			f[i] = v
		}
	}
	set(none, 0x00, 0x01)
	set(block, 0x02, 0x04)
	set(none, 0x05, 0x05)
	set(block, 0x06, 0x06) // try, the older exceptions
	set(index, 0x07, 0x09) // catch, throw, rethrow
	set(none, 0x0a, 0x0b)  // throw_ref, end
	set(index, 0x0c, 0x0d)
	set(brTable, 0x0e, 0x0e)
	set(none, 0x0f, 0x0f)
	set(index, 0x10, 0x10)
	set(index2, 0x11, 0x11)
	set(index, 0x12, 0x12)
	set(index2, 0x13, 0x13)
	set(index, 0x14, 0x15) // call_ref, return_call_ref
	set(index, 0x18, 0x18) // delegate
	set(none, 0x19, 0x1b)
	set(valueTypes, 0x1c, 0x1c)
	set(tryTable, 0x1f, 0x1f)
	set(index, 0x20, 0x26)
	set(memarg, 0x28, 0x3e)
	set(index, 0x3f, 0x40)
	set(s32, 0x41, 0x41)
	set(s64, 0x42, 0x42)
	set(bytes4, 0x43, 0x43)
	set(bytes8, 0x44, 0x44)
	set(none, 0x45, 0xc4)
	set(heapType, 0xd0, 0xd0)
	set(none, 0xd1, 0xd1)
	set(index, 0xd2, 0xd2)
	set(none, 0xd3, 0xd4)
	set(index, 0xd5, 0xd6)
	set(prefixed, 0xfb, 0xfe)
	return f
}

func prefixForm(prefix byte, n uint32) form {
	switch prefix {
	case 0xfb:
		return gcForm(n)
	case 0xfc:
		switch {
		case n <= 7, n >= 19 && n <= 22: // saturating conversions, wide arithmetic
			return none
		case n == 8, n == 10, n == 12, n == 14:
			return index2
		case n <= 17:
			return index
		}
	case 0xfd:
		switch {
		case n <= 11, n == 92, n == 93:
			return memarg
		case n <= 13:
			return bytes16
		case n >= 21 && n <= 34:
			return bytes1
		case n >= 84 && n <= 91:
			return memargLane
		case n <= 0x113: // up to relaxed SIMD
			return none
		}
	case 0xfe:
		switch {
		case n <= 2, n >= 0x10 && n <= 0x4e:
			return memarg
		case n == 3:
			return bytes1
		}
	}
	return unknown
}

func gcForm(n uint32) form {
	switch {
	case n <= 1, n == 6, n == 7, n >= 11 && n <= 14, n == 16:
		return index
	case n <= 5, n >= 8 && n <= 10, n >= 17 && n <= 19:
		return index2
	case n == 15, n >= 26 && n <= 30:
		return none
	case n >= 20 && n <= 23:
		return heapType
	case n == 24, n == 25:
		return castBranch
	}
	return unknown
}
