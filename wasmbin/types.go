// SPDX-License-Identifier: Apache-2.0

package wasmbin

import (
	"strconv"
	"strings"
)

// funcType is a function type; kind is "func", "struct", "array" or "cont".
// The text is made once, so that many functions of one type share it.
type funcType struct {
	kind string
	text string
}

var valueTypes = map[byte]string{
	0x7f: "i32", 0x7e: "i64", 0x7d: "f32", 0x7c: "f64", 0x7b: "v128",
	0x70: "funcref", 0x6f: "externref", 0x6e: "anyref", 0x6d: "eqref", 0x6c: "i31ref",
	0x6b: "structref", 0x6a: "arrayref", 0x69: "exnref", 0x68: "contref",
	0x71: "nullref", 0x72: "nullexternref", 0x73: "nullfuncref", 0x74: "nullexnref", 0x75: "nullcontref",
}

// valueType reads a value type, notes the feature that it belongs to, and
// returns its text.
func (p *parser) valueType(r *reader, what string) string {
	at := r.offset()
	b := r.byte(what)
	if r.err != nil {
		return ""
	}
	if b == 0x63 || b == 0x64 {
		p.features[FeatureFunctionReferences] = true
		null := ""
		if b == 0x63 {
			null = "null "
		}
		return "(ref " + null + p.heapType(r, what) + ")"
	}
	name, ok := valueTypes[b]
	if !ok {
		r.fail(at, "%s has the unknown value type 0x%02x", what, b)
		return ""
	}
	p.noteType(b)
	return name
}

func (p *parser) noteType(b byte) {
	switch b {
	case 0x7f, 0x7e, 0x7d, 0x7c, 0x70: // of WebAssembly 1.0, where funcref is a table's type
	case 0x7b:
		p.features[FeatureSIMD] = true
	case 0x6f:
		p.features[FeatureReferenceTypes] = true
	case 0x69, 0x74:
		p.features[FeatureExceptions] = true
	case 0x68, 0x75:
		p.features[FeatureStackSwitching] = true
	default:
		p.features[FeatureGC] = true
	}
}

func (p *parser) heapType(r *reader, what string) string {
	if r.left() > 0 && r.b[r.pos] >= 0x40 && r.b[r.pos] < 0x80 {
		b := r.byte(what)
		p.noteType(b)
		return strings.TrimSuffix(valueTypes[b], "ref")
	}
	return strconv.FormatUint(r.leb(what, 33), 10)
}

// typeSection reads function types (0x60) in full and skips over the others.
func (p *parser) typeSection(r *reader) {
	for n := r.count("types", 1, maxTypes); n > 0 && r.err == nil; n-- {
		if r.left() > 0 && r.b[r.pos] == 0x4e { // a recursion group
			r.pos++
			p.features[FeatureGC] = true
			for m := r.count("types of a group", 1, maxTypes); m > 0 && r.err == nil; m-- {
				p.subType(r)
			}
			continue
		}
		p.subType(r)
	}
}

func (p *parser) subType(r *reader) {
	at := r.offset()
	form := r.byte("a type")
	if form == 0x50 || form == 0x4f { // sub, sub final
		p.features[FeatureGC] = true
		for n := r.count("supertypes", 1, maxTypes); n > 0 && r.err == nil; n-- {
			r.u32("a supertype")
		}
		form = r.byte("a type")
	}
	if len(p.info.types) == maxTypes {
		r.fail(at, "more than %d types", maxTypes)
	}
	if r.err != nil {
		return
	}
	switch form {
	case 0x60:
		params := p.typeList(r, "a function's parameters", maxParams)
		results, many := p.results(r)
		if many {
			p.features[FeatureMultiValue] = true
		}
		p.info.types = append(p.info.types, funcType{"func", signature(params, results)})
	case 0x5f:
		p.features[FeatureGC] = true
		for n := r.count("fields", 2, 10_000); n > 0 && r.err == nil; n-- {
			p.fieldType(r)
		}
		p.info.types = append(p.info.types, funcType{"struct", "struct"})
	case 0x5e:
		p.features[FeatureGC] = true
		p.fieldType(r)
		p.info.types = append(p.info.types, funcType{"array", "array"})
	case 0x5d:
		p.features[FeatureStackSwitching] = true
		r.skipSigned("a continuation's type", 5)
		p.info.types = append(p.info.types, funcType{"cont", "cont"})
	default:
		r.fail(at, "a type starts with 0x%02x, which is not known", form)
	}
}

func (p *parser) fieldType(r *reader) {
	if r.left() > 0 && (r.b[r.pos] == 0x78 || r.b[r.pos] == 0x77) { // i8, i16
		r.pos++
	} else {
		p.valueType(r, "a field")
	}
	r.byte("a field's mutability")
}

// shownTypes is how many parameters a signature spells out. Real functions have
// fewer; the bound keeps the text short for hostile ones.
const shownTypes = 24

func (p *parser) typeList(r *reader, what string, limit int) []string {
	n := r.count(what, 1, limit)
	list := make([]string, 0, min(n, shownTypes+1))
	for i := range n {
		t := p.valueType(r, what)
		if r.err != nil {
			return nil
		}
		if i < shownTypes {
			list = append(list, t)
		} else if i == shownTypes {
			list = append(list, "... "+strconv.Itoa(n-i)+" more")
		}
	}
	return list
}

func (p *parser) results(r *reader) (list []string, many bool) {
	list = p.typeList(r, "a function's results", maxResults)
	return list, len(list) > 1
}

func signature(params, results []string) string {
	s := "(" + strings.Join(params, ", ") + ")"
	switch len(results) {
	case 0:
		return s
	case 1:
		return s + " -> " + results[0]
	}
	return s + " -> (" + strings.Join(results, ", ") + ")"
}

// funcText returns the signature of a function whose type has the index t.
func (p *parser) funcText(r *reader, at int, t uint32) string {
	if r.err != nil {
		return ""
	}
	if int64(t) >= int64(len(p.info.types)) || p.info.types[t].kind != "func" {
		r.fail(at, "a function has type %d, which is not a function type", t)
		return ""
	}
	return p.info.types[t].text
}

// limits reads the limits of a memory or table. The flags are 1 for a maximum,
// 2 shared, 4 64-bit, and 8 for a page size (memories only).
func (p *parser) limits(r *reader, what string, flagsAllowed byte) (m Memory) {
	at := r.offset()
	flags := r.byte(what)
	if flags&^flagsAllowed != 0 {
		r.fail(at, "%s has unknown flags 0x%02x", what, flags)
		return m
	}
	bits := uint(32)
	m.Shared, m.Is64, m.PageSize = flags&2 != 0, flags&4 != 0, 65536
	if m.Is64 {
		bits = 64
		p.features[FeatureMemory64] = true
	}
	if m.Shared {
		p.features[FeatureThreads] = true
	}
	m.Min = r.leb(what+"'s minimum", bits)
	if flags&1 != 0 {
		max := r.leb(what+"'s maximum", bits)
		m.Max = &max
	}
	if flags&8 != 0 {
		p.features[FeatureCustomPageSizes] = true
		if log := r.u32(what + "'s page size"); log == 0 || log == 16 {
			m.PageSize = 1 << log
		} else {
			r.fail(at, "%s has pages of 2^%d bytes; only 1 and 65536 exist", what, log)
		}
	}
	limit := uint64(1) << 32 / m.PageSize
	if m.Is64 {
		limit = 1 << 48
	}
	if flagsAllowed&8 != 0 && m.PageSize == 65536 && m.Min > limit {
		r.fail(at, "%s wants %d pages at start; at most %d exist", what, m.Min, limit)
	}
	return m
}

func (p *parser) tableType(r *reader) string {
	elem := p.valueType(r, "a table")
	m := p.limits(r, "a table", 7)
	text := elem + " " + strconv.FormatUint(m.Min, 10) + ".."
	if m.Max != nil {
		text += strconv.FormatUint(*m.Max, 10)
	}
	return text
}

func (p *parser) globalType(r *reader) string {
	t := p.valueType(r, "a global")
	at := r.offset()
	switch mut := r.byte("a global's mutability"); mut {
	case 0:
		return t
	case 1:
		return "mut " + t
	default:
		r.fail(at, "a global's mutability is %d, neither 0 nor 1", mut)
		return ""
	}
}
