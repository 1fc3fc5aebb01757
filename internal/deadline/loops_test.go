// SPDX-License-Identifier: Apache-2.0

package deadline

import (
	"context"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/opcode"
)

// loopOfType returns an endless loop whose type is an index, with that many parameters
// (0 to 2) and as many results.
func loopOfType(params byte) []byte {
	b := []byte("\x00asm\x01\x00\x00\x00")
	b = appendSection(b, opcode.SectionType, []byte{4, 0x60, 0, 0, 0x60, 1, i32, 1, i32, 0x60, 2, i32, i32, 2, i32, i32, 0x60, 0, 0})
	b = appendSection(b, opcode.SectionFunction, []byte{1, 0})
	b = appendSection(b, opcode.SectionExport, append([]byte{1, 3}, "run\x00\x00"...))
	body := []byte{0}
	for range params {
		body = append(body, opConst, 1)
	}
	body = append(body, opLoop, []byte{3, 1, 2}[params], opBr, 0, opEnd)
	for range params {
		body = append(body, opDrop)
	}
	body = append(body, opEnd)
	return appendSection(b, opcode.SectionCode, append([]byte{1, byte(len(body))}, body...))
}

// looping returns a function () -> i32 with two locals of type i32.
func looping(code ...byte) []byte {
	b := []byte("\x00asm\x01\x00\x00\x00")
	b = appendSection(b, opcode.SectionType, []byte{2, 0x60, 0, 1, i32, 0x60, 1, i32, 1, i32})
	b = appendSection(b, opcode.SectionFunction, []byte{1, 0})
	b = appendSection(b, opcode.SectionExport, append([]byte{1, 3}, "run\x00\x00"...))
	body := append(append([]byte{1, 2, i32}, code...), opEnd)
	return appendSection(b, opcode.SectionCode, append(appendU32([]byte{1}, uint32(len(body))), body...))
}

// TestLoops: the result of a loop is the same however often it visits Go, and
// branches still lead to the same place.
func TestLoops(t *testing.T) {
	const (
		blockOp, loopOp, br, brIf, brTable = opBlock, opLoop, opBr, opBrIf, opBrTable
		set, tee, add, and, geS, ltS       = 0x21, 0x22, 0x6a, 0x71, 0x4e, 0x48
	)
	next := []byte{opLocalGet, 0, opConst, 1, add, set, 0, opLocalGet, 1, opLocalGet, 0, add, set, 1} // i++; s += i
	many := []byte{opLocalGet, 0, opConst, 0xa0, 0x8d, 0x06}                                          // i, 100000
	join := func(parts ...[]byte) (all []byte) {
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	tests := []struct {
		name string
		code []byte
	}{
		{"nested, left by branches of all kinds", join(
			[]byte{blockOp, i32, loopOp, i32, loopOp, noResult}, next,
			[]byte{opLocalGet, 1}, many, []byte{geS, brIf, 2, opDrop},
			[]byte{opLocalGet, 0, opConst, 7, and, brTable, 3, 0, 1, 0, 1},
			[]byte{opEnd, opConst, 5, opEnd, opEnd},
		)},
		{"left at its end, with a result", join(
			[]byte{loopOp, i32}, next, many, []byte{ltS, brIf, 0, opLocalGet, 1, opEnd},
		)},
		{"left by a return from within", join(
			[]byte{loopOp, noResult, loopOp, noResult}, next, many, []byte{ltS, brIf, 0, opLocalGet, 1, br, 2, opEnd, opEnd, opConst, 1},
		)},
		{"in an if in a loop", join(
			[]byte{loopOp, noResult}, many, []byte{ltS, opIf, noResult, loopOp, noResult}, next,
			[]byte{opLocalGet, 0, opConst, 15, and, brIf, 0, br, 2, opEnd, opEnd, opEnd, opLocalGet, 1},
		)},
		{"with a parameter", join(
			[]byte{opConst, 0, loopOp, 1, opConst, 3, add}, next, many, []byte{ltS, brIf, 0, opEnd},
		)},
		{"of a type with an index", join(
			[]byte{loopOp, 0}, next, many, []byte{ltS, brIf, 0, opLocalGet, 1, opEnd},
		)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var results []uint64
			wasm := looping(tt.code...)
			for _, wasm := range [][]byte{wasm, mustInstrument(t, wasm)} {
				got, err := instantiate(t, newRuntime(t, config()), wasm).ExportedFunction("run").Call(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				results = append(results, got[0])
			}
			if results[0] != results[1] || results[0] == 0 {
				t.Errorf("instrumented %d, plain %d", results[1], results[0])
			}
		})
	}
}

// TestLabels: a label that leads nowhere must not lead to an added block.
func TestLabels(t *testing.T) {
	for name, code := range map[string][]byte{
		"br":           {opLoop, noResult, opBr, 2, opEnd},
		"br_if":        {opLoop, noResult, opConst, 0, opBrIf, 3, opEnd},
		"br_table":     {opLoop, noResult, opConst, 0, opBrTable, 1, 0, 2, opEnd},
		"the greatest": {opLoop, noResult, opBr, 0xff, 0xff, 0xff, 0xff, 0x0f, opEnd},
	} {
		if _, err := Instrument(program(nil, code...)); err == nil || !strings.Contains(err.Error(), "it branches to label") {
			t.Errorf("%s: %v", name, err)
		}
	}
	// To the function's own label is a return.
	if _, err := Instrument(program(nil, opLoop, noResult, opBr, 1, opEnd)); err != nil {
		t.Error(err)
	}
}
