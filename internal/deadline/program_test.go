// SPDX-License-Identifier: Apache-2.0

package deadline

import (
	"github.com/tetratelabs/wazero"

	"github.com/helm-wasm/helm-wasm/internal/opcode"
)

func moduleConfig() wazero.ModuleConfig {
	return wazero.NewModuleConfig().WithName("").WithStartFunctions()
}

// wasmOf writes a module of functions of type (), the first one exported as
// "run", and sections that go between the export and the code section.
func wasmOf(memory []byte, before [][]byte, bodies ...[]byte) []byte {
	b := []byte("\x00asm\x01\x00\x00\x00")
	b = appendSection(b, opcode.SectionType, []byte{1, 0x60, 0, 0})
	funcs := appendU32(nil, uint32(len(bodies)))
	code := appendU32(nil, uint32(len(bodies)))
	for _, body := range bodies {
		funcs = append(funcs, 0)
		body = append(append([]byte{0}, body...), opEnd)
		code = append(appendU32(code, uint32(len(body))), body...)
	}
	b = appendSection(b, opcode.SectionFunction, funcs)
	if len(before) > 0 && before[0][0] == opcode.SectionTable {
		b = append(b, before[0]...)
		before = before[1:]
	}
	if memory != nil {
		b = appendSection(b, opcode.SectionMemory, append([]byte{1}, memory...))
	}
	b = appendSection(b, opcode.SectionExport, append([]byte{1, 3}, "run\x00\x00"...))
	for _, s := range before {
		b = append(b, s...)
	}
	return appendSection(b, opcode.SectionCode, code)
}

// program returns a module with a function of that code, and one that traps.
func program(memory []byte, code ...byte) []byte {
	return wasmOf(memory, nil, code, []byte{opUnreachable})
}

var (
	// f() { g(); f() } would end at the stack's limit; this one calls itself
	// twice from a depth of 40, kept in a global.
	exponential = func() []byte {
		b := []byte("\x00asm\x01\x00\x00\x00")
		b = appendSection(b, opcode.SectionType, []byte{2, 0x60, 0, 0, 0x60, 1, i32, 0})
		b = appendSection(b, opcode.SectionFunction, []byte{2, 0, 1})
		b = appendSection(b, opcode.SectionExport, append([]byte{1, 3}, "run\x00\x00"...))
		run := []byte{0, opConst, 60, opCall, 1, opEnd}
		half := []byte{opLocalGet, 0, opConst, 1, opSub, opCall, 1}
		twice := append([]byte{0, opLocalGet, 0, opIf, noResult}, append(half, half...)...)
		twice = append(twice, opEnd, opEnd)
		code := append(append([]byte{2, byte(len(run))}, run...), byte(len(twice)))
		return appendSection(b, opcode.SectionCode, append(code, twice...))
	}()

	indirectTail = wasmOf(nil, [][]byte{
		appendSection(nil, opcode.SectionTable, []byte{1, 0x70, 0, 1}),
		appendSection(nil, opcode.SectionElement, []byte{1, 0, 0x41, 0, opEnd, 1, 0}),
	}, []byte{opConst, 0, 0x13, 0, 0})

	startLoop = wasmOf(nil, [][]byte{appendSection(nil, opcode.SectionStart, []byte{1})},
		nil, []byte{0x03, 0x40, 0x0c, 0, 0x0b})
)

// doubling returns a module of n functions without loops or recursion, each of which
// calls the next twice.
func doubling(n int) []byte {
	var bodies [][]byte
	for i := range n {
		next := byte(i + 1)
		bodies = append(bodies, []byte{opCall, next, opCall, next})
	}
	return wasmOf(nil, nil, append(bodies, []byte{0x01})...)
}
