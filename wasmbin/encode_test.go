// SPDX-License-Identifier: Apache-2.0

package wasmbin

import "github.com/helm-wasm/helm-wasm/internal/opcode"

// A tiny encoder of binaries, so that the tests need no tools.

func uleb(v uint64) (b []byte) {
	for v >= 0x80 {
		b = append(b, byte(v)|0x80)
		v >>= 7
	}
	return append(b, byte(v))
}

func str(s string) []byte { return append(uleb(uint64(len(s))), s...) }

func cat(parts ...any) (b []byte) {
	for _, p := range parts {
		switch p := p.(type) {
		case []byte:
			b = append(b, p...)
		case string:
			b = append(b, str(p)...)
		case int:
			b = append(b, byte(p))
		case rune:
			b = append(b, byte(p))
		}
	}
	return b
}

func vec(elements ...[]byte) []byte {
	b := uleb(uint64(len(elements)))
	for _, e := range elements {
		b = append(b, e...)
	}
	return b
}

func sec(id byte, body []byte) []byte {
	return append(append([]byte{id}, uleb(uint64(len(body)))...), body...)
}

func core(sections ...[]byte) []byte {
	b := []byte("\x00asm\x01\x00\x00\x00")
	for _, s := range sections {
		b = append(b, s...)
	}
	return b
}

func componentOf(sections ...[]byte) []byte {
	b := []byte("\x00asm\x0d\x00\x01\x00")
	for _, s := range sections {
		b = append(b, s...)
	}
	return b
}

// The types of the modules below.
const (
	typeVoid    = iota // ()
	typeCall           // () -> i32
	typeHandle         // () -> i64
	typeProcess        // (i32, i32) -> i32
)

var types = sec(opcode.SectionType, vec(
	[]byte{0x60, 0, 0},
	[]byte{0x60, 0, 1, 0x7f},
	[]byte{0x60, 0, 1, 0x7e},
	[]byte{0x60, 2, 0x7f, 0x7f, 1, 0x7f},
))

func funcImport(module, name string, t int) []byte { return cat(module, name, 0, t) }

// testModule has the given function imports, one memory of 2 pages, and exported
// functions by name and type, whose bodies are unreachable.
type testModule struct {
	imports [][]byte
	exports []testExport
	extra   [][]byte // sections at the end
	body    []byte   // of every function, without end
}

type testExport struct {
	name string
	t    int
}

func (m testModule) bytes() []byte {
	var funcs, exports, bodies [][]byte
	code := m.body
	if code == nil {
		code = []byte{0x00}
	}
	for i, e := range m.exports {
		funcs = append(funcs, []byte{byte(e.t)})
		exports = append(exports, cat(e.name, 0, uleb(uint64(len(m.imports)+i))))
		body := cat(0, code, 0x0b)
		bodies = append(bodies, append(uleb(uint64(len(body))), body...))
	}
	exports = append(exports, cat("memory", 2, 0))
	parts := [][]byte{
		types,
		sec(opcode.SectionImport, vec(m.imports...)),
		sec(opcode.SectionFunction, vec(funcs...)),
		sec(opcode.SectionMemory, vec([]byte{0, 2})),
		sec(opcode.SectionExport, vec(exports...)),
		sec(opcode.SectionCode, vec(bodies...)),
	}
	return core(append(parts, m.extra...)...)
}

func custom(name string, body []byte) []byte {
	return sec(opcode.SectionCustom, append(str(name), body...))
}

func producers(field, name, version string) []byte {
	return custom("producers", vec(cat(field, vec(cat(name, version)))))
}

// Parts of a component: the import or export of an instance by name.
func instanceImport(names ...string) []byte {
	var list [][]byte
	for _, n := range names {
		list = append(list, cat(0, n, 5, 0))
	}
	return sec(secComponentImport, vec(list...))
}

func instanceExport(names ...string) []byte {
	var list [][]byte
	for _, n := range names {
		list = append(list, cat(0, n, 5, 0, 0))
	}
	return sec(secComponentExport, vec(list...))
}
