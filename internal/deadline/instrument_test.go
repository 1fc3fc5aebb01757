// SPDX-License-Identifier: Apache-2.0

package deadline

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/opcode"
)

func customSection(name, content string) []byte {
	return appendSection(nil, opcode.SectionCustom, append(append([]byte{byte(len(name))}, name...), content...))
}

func TestInstrumentKeepsValidSections(t *testing.T) {
	loop := endless[0].wasm
	wasm := bytes.Clone(loop)
	for _, name := range []string{"name", "producers", ".debug_line", "metadata.code.branch_hint", "sourceMappingURL"} {
		wasm = append(wasm, customSection(name, "\x00\x03\x02mm")...)
	}
	out, err := Instrument(wasm)
	if err != nil {
		t.Fatal(err)
	}
	for name, kept := range map[string]bool{
		"name": true, "producers": true, ".debug_line": false, "metadata.code.branch_hint": false,
		"sourceMappingURL": false,
	} {
		if bytes.Contains(out, customSection(name, "\x00\x03\x02mm")) != kept {
			t.Errorf("section %s: kept %v", name, !kept)
		}
	}
	if twice, err := Instrument(out); err == nil || !strings.Contains(err.Error(), "is it instrumented?") {
		t.Errorf("instrumented twice: %d bytes, %v", len(twice), err)
	}
}

func TestInstrumentGrowth(t *testing.T) {
	wasm := guest(t)
	out, err := Instrument(wasm)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes became %d (%+.1f %%)", len(wasm), len(out), 100*float64(len(out)-len(wasm))/float64(len(wasm)))
	if len(out) > len(wasm)+len(wasm)/8 {
		t.Error("it grew by more than an eighth")
	}
}

// TestInstrumentGoGuest calls the plain and the instrumented Go guest.
func TestInstrumentGoGuest(t *testing.T) {
	r := newRuntime(t, config())
	plain := instantiate(t, r, guest(t), "_initialize")
	instrumented := instantiate(t, r, instrumentedGuest(t), "_initialize")
	for name, n := range map[string]uint64{"job": 3, "sum": 2, "match": 2, "fib": 15} {
		want, err := plain.ExportedFunction(name).Call(context.Background(), n)
		if err != nil {
			t.Fatal(err)
		}
		got, err := instrumented.ExportedFunction(name).Call(context.Background(), n)
		if err != nil || got[0] != want[0] || want[0] == 0 {
			t.Errorf("%s: %v, want %v, %v", name, got, want, err)
		}
	}
}

// TestInstrumentRefuses: an index that is out of range in the input would refer
// to something that is added, so it must be refused.
func TestInstrumentRefuses(t *testing.T) {
	with := func(code ...byte) []byte { return program(nil, code...) }
	memory := func(code ...byte) []byte { return program([]byte{0, 1}, code...) }
	section := func(id byte, body ...byte) []byte {
		return wasmOf(nil, [][]byte{appendSection(nil, id, body)}, nil)
	}
	locals := func(numbers ...byte) []byte { // in groups of i32
		b := []byte("\x00asm\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00")
		return appendSection(b, opcode.SectionCode, append([]byte{1, byte(len(numbers) + 1)}, append(numbers, opEnd)...))
	}
	hidden := []byte{opEnd, opLoop, noResult, opBr, 0, opEnd, opBlock, noResult, 1, 1, 1, 1, 1, 1, 1, 1}
	tests := []struct {
		name string
		wasm []byte
		want string
	}{
		{"text", []byte("(module)"), "not a WebAssembly core module"},
		{"component", []byte("\x00asm\x0d\x00\x01\x00"), "not a WebAssembly core module"},
		{"cut off", endless[0].wasm[:20], "cut off"},
		{"unknown instruction", memory(0x01, 0xe7), "function 0 at offset 39: instruction 0xe7: not known"},
		{"unknown SIMD instruction", memory(0xfd, 0x94, 0x02), "instruction 0xfd 0x114: not known"},
		{"the flag's index", with(opGlobalGet, 0, opDrop), "it uses global 0 of 0"},
		{"writing the flag", with(opConst, 0, opGlobalSet, 0), "it uses global 0 of 0"},
		{"calling an added function", with(opCall, 2), "it calls function 2 of 2"},
		{"taking an added function", with(0xd2, 2, opDrop), "it refers to function 2 of 2"},
		{"an added type", with(0x02, 1, opEnd), "it uses type 1 of 1"},
		{"an added type indirectly", with(opConst, 0, 0x11, 1, 0), "it uses type 1 of 1"},
		{"the added memory", with(opConst, 0, 0x40, 0, opDrop), "it uses a memory"},
		{"an element", section(opcode.SectionElement, 1, 1, 0, 1, 1), "a reference to function 1 of 1"},
		{"an element's expression", section(opcode.SectionElement, 1, 5, 0x70, 1, 0xd2, 1, opEnd), "a reference to function 1 of 1"},
		{"an offset from the flag", section(opcode.SectionElement, 1, 0, opGlobalGet, 0, opEnd, 0), "reads global 0 of 0"},
		{
			"data without memory",
			append(bytes.Clone(endless[0].wasm), appendSection(nil, opcode.SectionData, []byte{1, 0, opConst, 0, opEnd, 0})...),
			"a memory that the module does not have",
		},
		{"start function", section(opcode.SectionStart, 1), "start function 1 does not exist"},
		{"garbage collection", []byte("\x00asm\x01\x00\x00\x00\x01\x05\x01\x5f\x01\x7f\x01"), "form 0x5f (garbage collection)"},
		// For the engine these instructions are followed by an endless loop,
		// which a parser that follows the specification does not see.
		{
			"a loop in a SIMD constant",
			with(append([]byte{opBlock, noResult, opBr, 0, 0xfd, 0x8c, 0}, append(hidden, opEnd)...)...),
			"instruction 0xfd 0x0c is written in a form that the engine reads as another",
		},
		{"a loop behind relaxed SIMD", with(0xfd, 0x81, 0x02, noResult, opLoop, noResult, opBr, 0, opEnd, opEnd), "reads as another"},
		{
			"a block's type in two bytes",
			with(opBlock, 0xe3, 0x7f, 0x70, opUnreachable, opEnd, opDrop),
			"in a form that is not a valid type",
		},
		{"a select of references", with(0xd0, 0x70, 0xd0, 0x70, opConst, 1, 0x1c, 1, 0x63, 0x70, opDrop), "reads as another"},
		{"too many locals", locals(2, 0xd0, 0x86, 0x03, i32, 1, i32), "more than 50000 locals"},
		{"bytes after the memories", []byte("\x00asm\x01\x00\x00\x00\x05\x03\x00\x00\x01"), "the memory section has 2 bytes too many"},
		{"half a global", []byte("\x00asm\x01\x00\x00\x00\x06\x04\x00\x7d\x00\x43"), "the global section has 3 bytes too many"},
		{"a name of gigabytes", []byte("\x00asm\x01\x00\x00\x00\x00\x04\xf0\xc0\x90\x90"), "a custom section's name: cut off"},
		{"a name longer than its section", append(bytes.Clone(endless[0].wasm), 0, 2, 5, 'a'), "a custom section's name: cut off"},
		{"unknown section", append(bytes.Clone(endless[0].wasm), 77, 0), "section 77"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Instrument(tt.wasm); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}
