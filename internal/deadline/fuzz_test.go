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

// FuzzInstrument: no input panics; what the engine rejects it rejects
// afterwards too, and what it accepts either compiles or is refused here with
// a reason that is not about a valid module.
func FuzzInstrument(f *testing.F) {
	for _, e := range endless {
		f.Add(e.wasm)
	}
	f.Add(startLoop)
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
		if len(wasm) > 64<<10 || countsTooMuch(wasm) {
			return
		}
		out, err := Instrument(wasm)
		if err != nil && strings.Contains(err.Error(), "cut off") {
			return // with a count of millions, for which the engine makes room
		}
		plain := compiles(wasm)
		if err == nil {
			err = compiles(out)
		}
		if plain != nil && strings.Contains(plain.Error(), "custom section") {
			return // an empty one at the very end, which is not the end afterwards
		}
		if (plain == nil) != (err == nil) {
			t.Errorf("plain: %v, instrumented: %v", plain, err)
		}
	})
}

// countsTooMuch says that a section begins with a count that is larger than the
// section. The engine makes room for that many before it looks further.
func countsTooMuch(wasm []byte) bool {
	s := &scanner{b: wasm, pos: min(8, len(wasm))}
	for s.pos < len(s.b) {
		id, size := s.byte("a section"), s.u32("a section's size")
		from := s.pos
		if n := s.u32("a count"); s.err == nil && id != opcode.SectionCustom && id != opcode.SectionStart && n > size {
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
