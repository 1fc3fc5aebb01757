// SPDX-License-Identifier: Apache-2.0

package wasmbin

import (
	"fmt"

	"github.com/helm-wasm/helm-wasm/internal/opcode"
)

func (p *parser) module() error {
	last := 0
	declared := 0
	err := p.sections(func(id byte, r *reader) error {
		if int(id) >= len(opcode.SectionOrder) {
			return &FormatError{Offset: r.base, Reason: fmt.Sprintf("section %d is not known", id)}
		}
		if id != opcode.SectionCustom {
			if opcode.SectionOrder[id] <= last {
				return &FormatError{Offset: r.base, Reason: fmt.Sprintf("the %s section comes twice or too late", opcode.SectionNames[id])}
			}
			last = opcode.SectionOrder[id]
		}
		switch id {
		case opcode.SectionCustom:
			p.custom(r)
		case opcode.SectionType:
			p.typeSection(r)
		case opcode.SectionImport:
			p.importSection(r)
		case opcode.SectionFunction:
			declared = p.functionSection(r)
		case opcode.SectionTable:
			p.tableSection(r)
		case opcode.SectionMemory:
			for n := r.count("memories", 2, maxMemories); n > 0 && r.err == nil; n-- {
				p.info.Memories = append(p.info.Memories, p.limits(r, "a memory", 15))
			}
		case opcode.SectionTag:
			p.features[FeatureExceptions] = true
			for n := r.count("tags", 2, maxTags); n > 0 && r.err == nil; n-- {
				p.tagType(r)
			}
		case opcode.SectionGlobal:
			p.globalSection(r)
		case opcode.SectionExport:
			p.exportSection(r)
		case opcode.SectionStart:
			r.u32("the start function")
			p.info.Start = true
		case opcode.SectionDataCount:
			r.u32("the number of data segments")
			p.features[FeatureBulkMemory] = true
		case opcode.SectionCode:
			return p.codeSection(r, declared)
		default: // elements and data, of which nothing is reported
			r.u32("the number of " + opcode.SectionNames[id] + " segments")
			if r.err == nil {
				r.pos = len(r.b)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if declared != p.bodies {
		return &FormatError{
			Offset: p.r.base + len(p.r.b),
			Reason: fmt.Sprintf("%d functions are declared but %d have a body", declared, p.bodies),
		}
	}
	if len(p.info.Memories) > 1 {
		p.features[FeatureMultiMemory] = true
	}
	p.info.Functions = declared
	return nil
}

func (p *parser) importSection(r *reader) {
	for n := r.count("imports", 4, maxImports); n > 0 && r.err == nil; n-- {
		i := Import{Module: r.name("an import's module"), Name: r.name("an import's name")}
		at := r.offset()
		switch kind := r.byte("an import's kind"); kind {
		case 0:
			t := r.u32("an import's type")
			i.Kind, i.Type = "func", p.funcText(r, at, t)
			p.funcTypes = append(p.funcTypes, t)
		case 1:
			i.Kind, i.Type = "table", p.tableType(r)
			p.tables = append(p.tables, i.Type)
		case 2:
			m := p.limits(r, "a memory", 15)
			m.Imported = true
			i.Kind, i.Type = "memory", m.String()
			p.info.Memories = append(p.info.Memories, m)
		case 3:
			i.Kind, i.Type = "global", p.globalType(r)
			p.globals = append(p.globals, i.Type)
			p.noteMutable(i.Type)
		case 4:
			i.Kind, i.Type = "tag", p.tagType(r)
			p.features[FeatureExceptions] = true
		default:
			r.fail(at, "import %q is of the unknown kind %d", i.String(), kind)
		}
		if r.err == nil {
			p.info.Imports = append(p.info.Imports, i)
		}
	}
}

func (p *parser) noteMutable(global string) {
	if len(global) > 4 && global[:4] == "mut " {
		p.features[FeatureMutableGlobals] = true
	}
}

func (p *parser) tagType(r *reader) string {
	r.byte("a tag's attribute")
	at := r.offset()
	p.tags++
	return p.funcText(r, at, r.u32("a tag's type"))
}

func (p *parser) functionSection(r *reader) int {
	n := r.count("functions", 1, maxFunctions)
	for range n {
		t := r.u32("a function's type")
		if r.err != nil {
			break
		}
		p.funcTypes = append(p.funcTypes, t)
	}
	return n
}

func (p *parser) tableSection(r *reader) {
	for n := r.count("tables", 2, maxTables); n > 0 && r.err == nil; n-- {
		init := r.left() > 1 && r.b[r.pos] == 0x40 && r.b[r.pos+1] == 0
		if init {
			r.pos += 2
			p.features[FeatureFunctionReferences] = true
		}
		p.tables = append(p.tables, p.tableType(r))
		if init {
			p.constExpr(r, "a table's first value")
		}
		p.info.Tables++
	}
	if len(p.tables) > 1 {
		p.features[FeatureReferenceTypes] = true
	}
}

func (p *parser) globalSection(r *reader) {
	for n := r.count("globals", 3, maxGlobals); n > 0 && r.err == nil; n-- {
		p.globals = append(p.globals, p.globalType(r))
		p.constExpr(r, "a global's first value")
		p.info.Globals++
	}
}

// constExpr reads past a constant expression.
func (p *parser) constExpr(r *reader, what string) {
	for n := 0; r.err == nil; n++ {
		op, _, next, err := opcode.Next(r.b, r.pos)
		if err != nil {
			r.fail(r.offset(), "%s: %v", what, err)
			return
		}
		r.pos = next
		if op == opcode.End {
			return
		}
		if n > 0 && op.Prefix() == 0 {
			p.features[FeatureExtendedConst] = true
		}
		if f := codeFeature(op); f != "" {
			p.features[f] = true
		}
	}
}

var exportKinds = []string{"func", "table", "memory", "global", "tag"}

func (p *parser) exportSection(r *reader) {
	n := r.count("exports", 3, maxExports)
	seen := make(map[string]bool, n)
	for ; n > 0 && r.err == nil; n-- {
		at := r.offset()
		e := Export{Name: r.name("an export's name")}
		kind := r.byte("an export's kind")
		index := int64(r.u32("an export's index"))
		if r.err != nil {
			return
		}
		if seen[e.Name] {
			r.fail(at, "two exports are called %q", e.Name)
			return
		}
		seen[e.Name] = true
		if int(kind) >= len(exportKinds) {
			r.fail(at, "export %q is of the unknown kind %d", e.Name, kind)
			return
		}
		e.Kind = exportKinds[kind]
		bounds := []int{len(p.funcTypes), len(p.tables), len(p.info.Memories), len(p.globals), p.tags}
		if index >= int64(bounds[kind]) {
			r.fail(at, "export %q names %s %d, which does not exist", e.Name, e.Kind, index)
			return
		}
		switch kind {
		case 0:
			e.Type = p.funcText(r, at, p.funcTypes[index])
		case 1:
			e.Type = p.tables[index]
		case 2:
			e.Type = p.info.Memories[index].String()
		case 3:
			e.Type = p.globals[index]
			p.noteMutable(e.Type)
		}
		p.info.Exports = append(p.info.Exports, e)
	}
}

// codeSection checks the sizes of the function bodies and scans them for
// features if the section is not too large.
func (p *parser) codeSection(r *reader, declared int) error {
	p.info.CodeScanned = len(r.b) <= p.scan
	n := r.count("function bodies", 3, maxFunctions)
	if r.err == nil && n != declared {
		r.fail(r.base, "%d functions are declared but %d have a body", declared, n)
	}
	p.bodies = n
	if !p.info.CodeScanned { // check only that the bodies fill the section
		for i := 0; i < n && r.err == nil; i++ {
			at := r.offset()
			if size := r.u32("a body's size"); int64(size) > int64(r.left()) {
				r.fail(at, "a function body is %d bytes long but %d are left", size, r.left())
			} else {
				r.pos += int(size)
			}
		}
		return r.err
	}
	for ; n > 0 && r.err == nil; n-- {
		at := r.offset()
		size := r.u32("a body's size")
		if int64(size) > int64(r.left()) {
			r.fail(at, "a function body is %d bytes long but %d are left", size, r.left())
			break
		}
		body := &reader{b: r.b[r.pos : r.pos+int(size)], base: r.offset()}
		r.pos += int(size)
		for m := body.count("groups of locals", 2, 50_000); m > 0 && body.err == nil; m-- {
			body.u32("a number of locals")
			p.valueType(body, "a local")
		}
		if body.err != nil {
			return body.err
		}
		if err := p.scanCode(body.b[body.pos:], body.offset()); err != nil {
			return err
		}
	}
	return r.err
}
