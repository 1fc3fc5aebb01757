// SPDX-License-Identifier: Apache-2.0

package deadline

import (
	"fmt"

	"github.com/helm-wasm/helm-wasm/internal/opcode"
)

// module is what the rewriting needs to know about a module. Reading it also
// refuses every index that is out of range in the input but would be in range in
// the output, where functions, globals, types and perhaps a memory are added: a
// guest must not be able to reach them.
type module struct {
	typeBound int      // how many types may be referred to
	params    []int    // number of parameters, by type
	plain     []bool   // type is () -> ()
	funcs     []uint32 // type of each function, imported ones first
	imported  int      // functions that are imported
	globals   uint32   // all globals
	memories  int
	start     int // function, or -1
}

func readModule(sections []section) (*module, error) {
	m := &module{start: -1}
	for _, sec := range sections {
		s := &scanner{b: sec.body, base: sec.offset}
		switch sec.id {
		case opcode.SectionType:
			m.types(s)
		case opcode.SectionImport:
			m.imports(s)
		case opcode.SectionFunction:
			for n := s.count("functions"); n > 0 && s.err == nil; n-- {
				m.funcs = append(m.funcs, s.u32("a function's type"))
			}
		case opcode.SectionTable:
			m.tables(s)
		case opcode.SectionMemory:
			for n := s.count("memories"); n > 0 && s.err == nil; n-- {
				s.limits("a memory")
				m.memories++
			}
		case opcode.SectionTag:
			for n := s.count("tags"); n > 0 && s.err == nil; n-- {
				m.tag(s)
			}
		case opcode.SectionGlobal:
			m.globalSection(s)
		case opcode.SectionExport:
			m.exports(s)
		case opcode.SectionStart:
			m.start = int(s.u32("the start function"))
		case opcode.SectionElement:
			m.elements(s)
		case opcode.SectionData:
			m.data(s)
		default: // custom sections, data counts, and code, which is read later
			continue
		}
		if s.err == nil && s.pos != len(s.b) {
			// Followed by what is added, these bytes could become elements.
			s.fail("the %s section has %d bytes too many", opcode.SectionNames[sec.id], len(s.b)-s.pos)
		}
		if s.err != nil {
			return nil, s.err
		}
	}
	for _, t := range m.funcs {
		if int64(t) >= int64(len(m.params)) {
			return nil, fmt.Errorf("a function has type %d of %d", t, len(m.params))
		}
	}
	if m.start >= 0 && (m.start >= len(m.funcs) || !m.plain[m.funcs[m.start]]) {
		return nil, fmt.Errorf("the start function %d does not exist or is not of type ()", m.start)
	}
	return m, nil
}

func (m *module) types(s *scanner) {
	for n := s.count("types"); n > 0 && s.err == nil; n-- {
		group := 1
		if s.pos < len(s.b) && s.b[s.pos] == 0x4e { // types that refer to each other
			s.pos++
			group = s.count("types of a group")
		}
		m.typeBound = len(m.params) + group
		for ; group > 0 && s.err == nil; group-- {
			m.funcType(s)
		}
	}
}

func (m *module) funcType(s *scanner) {
	if form := s.byte("a type"); s.err == nil && form != 0x60 {
		s.pos--
		s.fail("a type of form 0x%02x (garbage collection) cannot be given a time limit", form)
		return
	}
	params := s.count("parameters")
	for i := 0; i < params && s.err == nil; i++ {
		m.valueType(s, "a parameter")
	}
	results := s.count("results")
	for i := 0; i < results && s.err == nil; i++ {
		m.valueType(s, "a result")
	}
	m.params = append(m.params, params)
	m.plain = append(m.plain, params == 0 && results == 0)
}

// valueType reads a value type, which may refer to another type.
func (m *module) valueType(s *scanner, what string) {
	next, index, ok := opcode.SkipType(s.b, s.pos)
	if !ok {
		s.fail("reading %s: cut off", what)
		return
	}
	if int64(index) >= int64(m.typeBound) && index > 0 {
		s.fail("%s refers to type %d of %d", what, index, m.typeBound)
		return
	}
	s.pos = next
}

func (m *module) imports(s *scanner) {
	for n := s.count("imports"); n > 0 && s.err == nil; n-- {
		s.name("an import's module")
		s.name("an import's name")
		switch kind := s.byte("an import's kind"); kind {
		case 0:
			m.funcs = append(m.funcs, s.u32("an import's type"))
			m.imported++
		case 1:
			m.valueType(s, "a table's type")
			s.limits("a table")
		case 2:
			s.limits("a memory")
			m.memories++
		case 3:
			m.valueType(s, "a global's type")
			s.byte("a global's mutability")
			m.globals++
		case 4:
			m.tag(s)
		default:
			s.fail("import kind %d is not known", kind)
		}
	}
}

// exports refuses exports that clash with added ones or refer to something added.
func (m *module) exports(s *scanner) {
	for n := s.count("exports"); n > 0 && s.err == nil; n-- {
		name := s.name("an export's name")
		kind := s.byte("an export's kind")
		index := s.u32("an export's index")
		if s.err != nil {
			return
		}
		bounds := map[byte]int64{0: int64(len(m.funcs)), 2: int64(m.memories), 3: int64(m.globals)}
		if most, ok := bounds[kind]; ok && int64(index) >= most {
			s.fail("export %q names index %d of %d", name, index, most)
		}
		if name == flagExport || name == startExport {
			s.fail("the module exports %q already: is it instrumented?", name)
		}
	}
}
