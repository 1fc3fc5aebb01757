// SPDX-License-Identifier: Apache-2.0

package opcode

// cursor reads immediates. Once bad is set, it says why reading stopped.
type cursor struct {
	b   []byte
	pos int
	bad string
}

func (c *cursor) reason(otherwise string) string {
	if c.bad != "" {
		return c.bad
	}
	return otherwise
}

func (c *cursor) byte() byte {
	if c.pos >= len(c.b) {
		c.bad = reasonTruncated
		return 0
	}
	v := c.b[c.pos]
	c.pos++
	return v
}

func (c *cursor) skip(n int) {
	if n > len(c.b)-c.pos {
		c.bad = reasonTruncated
		return
	}
	c.pos += n
}

func (c *cursor) u32() uint32 {
	if c.pos < len(c.b) && c.b[c.pos] < 0x80 { // nearly always
		c.pos++
		return uint32(c.b[c.pos-1])
	}
	var v uint64
	for shift := 0; shift < 35; shift += 7 {
		d := c.byte()
		v |= uint64(d&0x7f) << shift
		if d < 0x80 {
			if v > 0xffffffff {
				c.bad = reasonLEB
			}
			return uint32(v)
		}
	}
	c.bad = reasonLEB
	return 0
}

// leb skips a number of at most n bytes, signed or not.
func (c *cursor) leb(n int) {
	for range n {
		if c.byte() < 0x80 {
			return
		}
	}
	c.bad = reasonLEB
}

// typeOrIndex reads a value type or block type, of which only (ref null? ht) has
// two parts. It returns the index of the type that it refers to, 0 if none.
func (c *cursor) typeOrIndex() uint32 {
	if c.pos < len(c.b) && (c.b[c.pos] == 0x63 || c.b[c.pos] == 0x64) {
		c.pos++
	}
	return c.heapType()
}

// heapType reads a signed 33-bit number: the index of a type or, if negative, a
// type with a name. Names must take one byte: a longer form would mean that name
// to some engines and not to others.
func (c *cursor) heapType() uint32 {
	if c.pos < len(c.b) && c.b[c.pos]&0xc0 == 0x40 {
		c.pos++
		return 0
	}
	index := c.u32()
	if c.bad == reasonLEB || c.bad == "" && c.b[c.pos-1]&0x40 != 0 {
		c.bad = reasonType
	}
	return index
}

// count reads the length of a vector. Each element takes at least one byte, so a
// number that cannot fit is refused before any loop runs.
func (c *cursor) count() int {
	n := c.u32()
	if uint64(n) > uint64(len(c.b)-c.pos) {
		c.bad = reasonTruncated
		return 0
	}
	return int(n)
}

func (c *cursor) memarg() {
	if align := c.u32(); align&0x40 != 0 { // a memory index follows
		c.u32()
	}
	c.leb(10)
}

func (c *cursor) immediates(f form) (arg uint32) {
	switch f {
	case none:
	case block:
		return c.typeOrIndex()
	case heapType:
		return c.heapType()
	case index:
		return c.u32()
	case index2:
		arg = c.u32()
		c.u32()
	case brTable:
		for n := c.count(); n >= 0 && c.bad == ""; n-- {
			c.u32()
		}
	case memarg:
		c.memarg()
	case memargLane:
		c.memarg()
		c.skip(1)
	case s32:
		c.leb(5)
	case s64:
		c.leb(10)
	case bytes1:
		c.skip(1)
	case bytes4:
		c.skip(4)
	case bytes8:
		c.skip(8)
	case bytes16:
		c.skip(16)
	case valueTypes:
		for n := c.count(); n > 0 && c.bad == ""; n-- {
			arg = max(arg, c.typeOrIndex())
		}
	case tryTable:
		arg = c.typeOrIndex()
		for n := c.count(); n > 0 && c.bad == ""; n-- {
			switch kind := c.byte(); kind {
			case 0, 1: // catch, catch_ref: tag and label
				c.u32()
				c.u32()
			case 2, 3: // catch_all, catch_all_ref: label
				c.u32()
			default:
				c.bad = "its catch clause is of an unknown kind"
			}
		}
	case castBranch:
		c.skip(1)
		arg = c.u32()
		c.leb(5)
		c.leb(5)
	default:
		c.bad = reasonUnknown
	}
	return arg
}
