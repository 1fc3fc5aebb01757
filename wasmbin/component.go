// SPDX-License-Identifier: Apache-2.0

package wasmbin

import (
	"fmt"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/opcode"
)

// The sections of a component that are read. Types, aliases, instances and
// canonical functions are skipped by their size.
const (
	secComponentModule = 1
	secComponentNested = 4
	secComponentImport = 10
	secComponentExport = 11
	secComponentLast   = 12
)

func (p *parser) component() error {
	return p.sections(func(id byte, r *reader) error {
		switch {
		case id == opcode.SectionCustom:
			p.custom(r)
		case id == secComponentModule, id == secComponentNested:
			if p.depth == maxDepth {
				return &FormatError{Offset: r.base, Reason: fmt.Sprintf("components are nested more than %d deep", maxDepth)}
			}
			if len(p.info.Nested) == maxSections {
				return &FormatError{Offset: r.base, Reason: "too many nested modules"}
			}
			nested, err := inspect(r.b, r.base, p.scan, p.depth+1)
			if err != nil {
				return err
			}
			if want := (id == secComponentModule); want != (nested.Kind == KindModule) {
				return &FormatError{Offset: r.base, Reason: "a nested " + nested.Kind + " is in the wrong section"}
			}
			for _, f := range nested.Features {
				p.features[f] = true
			}
			p.info.CodeScanned = nested.CodeScanned && (p.info.CodeScanned || len(p.info.Nested) == 0)
			if p.info.UnknownCode == "" {
				p.info.UnknownCode = nested.UnknownCode
			}
			p.info.Nested = append(p.info.Nested, nested)
			r.pos = len(r.b)
		case id == secComponentImport:
			p.componentImports(r)
		case id == secComponentExport:
			p.componentExports(r)
		case id > secComponentLast:
			return &FormatError{Offset: r.base, Reason: fmt.Sprintf("component section %d is not known", id)}
		default:
			r.pos = len(r.b)
		}
		return nil
	})
}

// externName reads the name of an import or export. Forms 0 and 1 are a plain
// name (form 1 once had a meaning of its own), and form 2 adds attributes.
func (p *parser) externName(r *reader, what string) (name, version string) {
	at := r.offset()
	form := r.byte(what)
	if form > 2 {
		r.fail(at, "%s starts with %d, which is not known", what, form)
		return "", ""
	}
	name = r.name(what)
	if form == 2 {
		for n := r.count("attributes", 2, maxNotes); n > 0 && r.err == nil; n-- {
			r.byte("an attribute")
			r.name("an attribute's value")
		}
	}
	if _, v, ok := strings.Cut(name, "@"); ok {
		version = v
	}
	return name, version
}

var externKinds = []string{"module", "func", "value", "type", "component", "instance"}

// externType reads the type that an import or export is declared with.
func (p *parser) externType(r *reader) string {
	at := r.offset()
	kind := r.byte("a declared kind")
	if int(kind) >= len(externKinds) {
		r.fail(at, "the kind %d is not known", kind)
		return ""
	}
	switch kind {
	case 0: // core module: 0x11, type
		r.byte("a module's kind")
		r.u32("a module's type")
	case 2: // value: 0 index, or 1 type
		r.byte("a value's bound")
		r.skipSigned("a value's type", 5)
	case 3: // type: 0 equal to an index, or 1 a resource
		if r.byte("a type's bound") == 0 {
			r.u32("a type's bound")
		}
	default:
		r.u32("a declared type")
	}
	return externKinds[kind]
}

func (p *parser) componentImports(r *reader) {
	for n := r.count("imports", 4, maxImports); n > 0 && r.err == nil; n-- {
		var i Import
		i.Name, i.Version = p.externName(r, "an import's name")
		i.Kind = p.externType(r)
		if r.err == nil {
			p.info.Imports = append(p.info.Imports, i)
		}
	}
}

func (p *parser) componentExports(r *reader) {
	for n := r.count("exports", 5, maxExports); n > 0 && r.err == nil; n-- {
		var e Export
		e.Name, e.Version = p.externName(r, "an export's name")
		at := r.offset()
		kind := r.byte("an export's kind")
		if int(kind) >= len(externKinds) {
			r.fail(at, "export %q is of the unknown kind %d", e.Name, kind)
			return
		}
		if kind == 0 {
			r.byte("an export's core kind")
		}
		e.Kind = externKinds[kind]
		r.u32("an export's index")
		if r.byte("an export's type") == 1 {
			p.externType(r)
		}
		if r.err == nil {
			p.info.Exports = append(p.info.Exports, e)
		}
	}
}
