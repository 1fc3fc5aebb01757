// SPDX-License-Identifier: Apache-2.0

package deadline

import "github.com/helm-wasm/helm-wasm/internal/opcode"

func (m *module) tag(s *scanner) {
	s.byte("a tag")
	if t := s.u32("a tag's type"); int64(t) >= int64(len(m.params)) {
		s.fail("a tag has type %d of %d", t, len(m.params))
	}
}

func (m *module) tables(s *scanner) {
	for n := s.count("tables"); n > 0 && s.err == nil; n-- {
		init := s.pos+1 < len(s.b) && s.b[s.pos] == 0x40 && s.b[s.pos+1] == 0
		if init {
			s.pos += 2
		}
		m.valueType(s, "a table's type")
		s.limits("a table")
		if init {
			m.constExpr(s)
		}
	}
}

func (m *module) globalSection(s *scanner) {
	for n := s.count("globals"); n > 0 && s.err == nil; n-- {
		m.valueType(s, "a global's type")
		s.byte("a global's mutability")
		m.constExpr(s)
		m.globals++
	}
}

// constExpr reads a constant expression and checks its indices.
func (m *module) constExpr(s *scanner) {
	for s.err == nil {
		op, arg, next, err := opcode.Next(s.b, s.pos)
		switch {
		case err != nil:
			s.fail("%v", err)
			return
		case op == opcode.GlobalGet && arg >= m.globals:
			s.fail("a constant expression reads global %d of %d", arg, m.globals)
		case op == opcode.RefFunc:
			m.function(s, arg)
		}
		if s.pos = next; op == opcode.End {
			return
		}
	}
}

func (m *module) function(s *scanner, index uint32) {
	if int64(index) >= int64(len(m.funcs)) {
		s.fail("a reference to function %d of %d", index, len(m.funcs))
	}
}

// elements reads the element segments. Their flags are 1 for passive or declared
// ones, 2 with a table or declared, and 4 for expressions instead of indices.
func (m *module) elements(s *scanner) {
	for n := s.count("element segments"); n > 0 && s.err == nil; n-- {
		flags := s.u32("an element segment")
		if flags > 7 {
			s.fail("an element segment has unknown flags %d", flags)
			return
		}
		if flags&3 == 2 {
			s.u32("a table")
		}
		if flags&1 == 0 {
			m.constExpr(s)
		}
		if flags&3 != 0 {
			if flags&4 != 0 {
				m.valueType(s, "an element's type")
			} else {
				s.byte("an element's kind")
			}
		}
		for k := s.count("elements"); k > 0 && s.err == nil; k-- {
			if flags&4 != 0 {
				m.constExpr(s)
			} else {
				m.function(s, s.u32("an element"))
			}
		}
	}
}

func (m *module) data(s *scanner) {
	for n := s.count("data segments"); n > 0 && s.err == nil; n-- {
		flags := s.u32("a data segment")
		if flags > 2 {
			s.fail("a data segment has unknown flags %d", flags)
			return
		}
		if flags == 2 {
			s.u32("a memory")
		}
		if flags != 1 {
			if m.memories == 0 {
				s.fail("a data segment is for a memory that the module does not have")
			}
			m.constExpr(s)
		}
		s.skip(s.u32("a data segment's size"), "a data segment")
	}
}

// usesMemory reports whether an instruction needs a memory.
func usesMemory(op opcode.Op) bool {
	n := op.Number()
	switch op.Prefix() {
	case 0:
		return n >= 0x28 && n <= 0x40
	case opcode.PrefixMisc:
		return n == 8 || n == 10 || n == 11
	case opcode.PrefixSIMD:
		return n <= 11 || n >= 84 && n <= 93
	case opcode.PrefixThreads:
		return n != 3
	}
	return false
}
