// SPDX-License-Identifier: Apache-2.0

package deadline

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/helm-wasm/helm-wasm/internal/opcode"
)

// FuzzInstrument: no input panics. What the engine rejects, it also rejects after
// instrumenting; what it accepts still compiles, or is refused here for a reason
// that no valid module gives.
func FuzzInstrument(f *testing.F) {
	for _, e := range endless {
		f.Add(e.wasm)
	}
	f.Add(startLoop)
	f.Add(program(nil, opBlock, noResult, opBr, 0, 0xfd, 0x8c, 0, opEnd, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, opBlock, noResult, 1, opEnd))
	f.Add(program(nil, opBlock, 0xff, 0x7f, opConst, 0, opEnd, opDrop))
	f.Add([]byte("\x00asm\x01\x00\x00\x00\x06\x04\x00\x7d\x00\x43"))
	f.Add([]byte("\x00asm\x01\x00\x00\x00\x02\x08\x01\x01a\x00\x03\x64\x05\x00")) // imports a global of type (ref 5)
	f.Add([]byte("\x00asm\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00\x0a\x0a\x01\x08\x01\xff\xff\xff\x7f\x7f\x01\x0b"))
	f.Add([]byte("\x00asm\x01\x00\x00\x00\x00\x04\xf0\xc0\x90\x90"))
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, config())
	f.Cleanup(func() { r.Close(ctx) })
	compiles := func(wasm []byte) (err error) {
		defer func() { // some broken modules make the engine panic
			if r := recover(); r != nil {
				err = fmt.Errorf("the engine panicked: %v", r)
			}
		}()
		code, err := r.CompileModule(ctx, wasm)
		if err == nil {
			err = code.Close(ctx)
		}
		return err
	}
	f.Fuzz(func(t *testing.T, wasm []byte) {
		if len(wasm) > 8<<10 || costsTooMuch(wasm) { // the engine's time may grow with the square
			return
		}
		out, err := Instrument(wasm)
		if err != nil && (strings.Contains(err.Error(), "cut off") || hasMillions(wasm)) {
			return // a count of millions, for which the engine allocates
		}
		plain := compiles(wasm)
		if err == nil {
			err = compiles(out)
		}
		if inCustom(plain) || inCustom(err) {
			// The engine reads beyond an empty custom section, and beyond names,
			// into the next section, which is another one after instrumenting.
			return
		}
		if plain == nil && err != nil && lenient(err) {
			return
		}
		if (plain == nil) != (err == nil) {
			t.Errorf("plain: %v, instrumented: %v", plain, err)
		}
	})
}

func inCustom(err error) bool {
	return err != nil && (strings.Contains(err.Error(), "custom section") || strings.Contains(err.Error(), "section custom"))
}

// lenient reports that a module is refused for something that the engine lets
// pass, although no valid module has it or it compiles to another program.
func lenient(err error) bool {
	for _, reason := range []string{
		"refers to type",                     // that does not exist, of an imported global or table
		"in a form that is not a valid type", // a block's type, say i32 in two bytes
		"the engine reads as another",
		"instruction 0xfd ", // of whose number the engine reads one byte
	} {
		if strings.Contains(err.Error(), reason) {
			return true
		}
	}
	return false
}

// hasMillions reports that there may be a number of 2^21 or more.
func hasMillions(wasm []byte) bool {
	in := 0
	for _, b := range wasm {
		if in++; b < 0x80 {
			in = 0
		}
		if in == 3 {
			return true
		}
	}
	return false
}

// costsTooMuch reports that a section begins with a count that is larger than the
// section, or that functions have a million locals. The engine allocates for
// that many before it reads on.
func costsTooMuch(wasm []byte) bool {
	s := &scanner{b: wasm, pos: min(8, len(wasm))}
	for s.pos < len(s.b) {
		id, size := s.byte("a section"), s.u32("a section's size")
		from := s.pos
		n := s.u32("a count")
		if s.err == nil && id != opcode.SectionCustom && id != opcode.SectionStart && n > size {
			return true
		}
		if id == opcode.SectionCode && locals(wasm, s.pos) > 1_000_000 {
			return true
		}
		if s.err != nil {
			return false
		}
		s.pos = from
		s.skip(size, "a section")
	}
	return false
}

// locals counts the locals of all bodies. The engine ignores the sizes of bodies
// when it reads them.
func locals(wasm []byte, pos int) (sum int) {
	for pos < len(wasm) {
		s := &scanner{b: wasm, pos: pos}
		size := s.u32("a body's size")
		pos = s.pos
		if s.err != nil {
			break
		}
		for n := s.u32("groups of locals"); n > 0 && s.err == nil; n-- {
			sum += int(s.u32("a number of locals"))
			if next, _, ok := opcode.SkipType(s.b, s.pos); ok {
				s.pos = next
			} else {
				s.fail("a local's type")
			}
		}
		pos += int(size)
	}
	return sum
}
