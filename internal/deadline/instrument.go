// SPDX-License-Identifier: Apache-2.0

package deadline

import (
	"fmt"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/opcode"
)

const (
	flagExport  = "helm-wasm.interrupt"
	startExport = "helm-wasm.start"
)

// visit is how many units are counted between two visits to Go. A unit is one
// iteration or call of up to unitBytes bytes of code, so that 2^14 of them take
// 10 to 100 microseconds in ordinary code.
const (
	visit     = 1 << 14
	unitBytes = 64
)

// Instrument returns a module that does the same as the given one and can be
// interrupted. The result is for wazero only: attach a Watchdog to each instance
// of it.
//
// A start function becomes an export that Interrupter.Start calls, because an
// endless one would otherwise run before it can be interrupted. Custom sections
// with offsets into the code (DWARF, source maps, branch hints) are dropped; the
// name section stays.
//
// The result is as valid as the input: the engine rejects it for the reasons for
// which it would reject the input.
func Instrument(wasm []byte) ([]byte, error) {
	out, err := instrument(wasm)
	if err != nil {
		return nil, fmt.Errorf("preparing the module for time limits: %w", err)
	}
	return out, nil
}

func instrument(wasm []byte) ([]byte, error) {
	sections, err := split(wasm)
	if err != nil {
		return nil, err
	}
	m, err := readModule(sections)
	if err != nil {
		return nil, err
	}
	types := uint32(len(m.params))
	in := &inserter{module: m, flag: m.globals, fuel: m.globals + 1, first: uint32(len(m.funcs))}
	funcTypes, bodies := in.functions(types)

	add := map[byte]addition{
		opcode.SectionType:     {2, []byte{0x60, 0, 0, 0x60, 1, 0x7f, 1, 0x7f}}, // () and (i32) -> i32
		opcode.SectionFunction: funcTypes,
		opcode.SectionGlobal:   {2, append([]byte{0x7f, 1, 0x41, 0, 0x0b, 0x7f, 1}, append(appendS32([]byte{0x41}, visit), 0x0b)...)},
		opcode.SectionExport:   in.exports(),
		opcode.SectionCode:     bodies,
	}
	if len(m.funcs) == m.imported && m.start < 0 {
		// There is nothing to interrupt, and an engine may treat a module with
		// a function differently.
		add = map[byte]addition{opcode.SectionGlobal: add[opcode.SectionGlobal], opcode.SectionExport: add[opcode.SectionExport]}
	} else if m.memories == 0 {
		add[opcode.SectionMemory] = addition{1, []byte{1, 0, 0}} // for memory.grow: 0 pages, and cannot grow
	}

	out := append(make([]byte, 0, len(wasm)+len(wasm)/8), wasm[:8]...)
	done := 0 // place of the last section written
	flush := func(until int) {
		for _, id := range []byte{
			opcode.SectionType, opcode.SectionFunction, opcode.SectionMemory,
			opcode.SectionGlobal, opcode.SectionExport, opcode.SectionCode,
		} {
			if a, ok := add[id]; ok && opcode.SectionOrder[id] > done && opcode.SectionOrder[id] < until {
				out = appendSection(out, id, grown(nil, a.count, a.elements))
			}
		}
	}
	for _, sec := range sections {
		if sec.id == opcode.SectionCustom {
			s := &scanner{b: sec.body, base: sec.offset}
			name := s.name("a custom section's name")
			if s.err != nil {
				return nil, s.err // wazero would allocate as many bytes as it says
			}
			if !holdsOffsets(name) {
				out = appendSection(out, sec.id, sec.body)
			}
			continue
		}
		flush(opcode.SectionOrder[sec.id])
		done = opcode.SectionOrder[sec.id]
		body := sec.body
		switch a, ok := add[sec.id]; {
		case sec.id == opcode.SectionStart:
			continue
		case sec.id == opcode.SectionCode:
			if body, err = in.code(sec); err != nil {
				return nil, err
			}
			out = appendSection(out, sec.id, grown(body, a.count, a.elements))
		case ok:
			out = appendSection(out, sec.id, grown(body, a.count, a.elements))
		default:
			out = appendSection(out, sec.id, body)
		}
	}
	flush(len(opcode.SectionOrder) + 1)
	return out, nil
}

type addition struct {
	count    uint32
	elements []byte
}

// holdsOffsets reports whether a custom section would be wrong after the
// rewriting.
func holdsOffsets(name string) bool {
	return strings.HasPrefix(name, ".debug_") || strings.HasPrefix(name, "metadata.code.") ||
		strings.HasPrefix(name, "reloc.") || name == "linking" ||
		name == "sourceMappingURL" || name == "external_debug_info"
}
