// SPDX-License-Identifier: Apache-2.0

package wasmbin

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
)

const (
	magic        = "\x00asm"
	coreVersion  = 1
	componentV   = 0x0d
	headerLength = 8
)

// Inspect reads a binary and returns what it is. It scans the instructions for
// features in small binaries only, with up to 512 KiB of code; see
// Info.CodeScanned and InspectCode.
//
// If the data is not WebAssembly at all, the error wraps ErrNotWasm and says
// what the data looks like instead. If it is broken, the error is a
// *FormatError with the offset.
func Inspect(data []byte) (*Info, error) { return inspect(data, 0, scanAlways, 0) }

// InspectCode is like Inspect, but scans every instruction however large the
// binary is, which takes time in proportion to its size.
func InspectCode(data []byte) (*Info, error) { return inspect(data, 0, len(data), 0) }

func inspect(data []byte, base, scan, depth int) (*Info, error) {
	if len(data) < headerLength || string(data[:4]) != magic {
		return nil, notWasm(data, base)
	}
	version, layer := binary.LittleEndian.Uint16(data[4:]), binary.LittleEndian.Uint16(data[6:])
	p := &parser{
		info:     &Info{Size: len(data), WASI: "none"},
		r:        &reader{b: data, pos: headerLength, base: base},
		features: map[string]bool{},
		scan:     scan,
		depth:    depth,
	}
	var err error
	switch {
	case layer == 0 && version == coreVersion:
		p.info.Kind = KindModule
		err = p.module()
	case layer == 1 && version == componentV:
		p.info.Kind = KindComponent
		err = p.component()
	case layer == 1:
		err = fmt.Errorf("a component of the draft format 0x%x, from before WASI 0.2: rebuild it with current tools", version)
	case layer == 0:
		err = fmt.Errorf("a core module of version %d; only version 1 exists", version)
	default:
		err = &FormatError{Offset: base + 6, Reason: fmt.Sprintf("layer %d is neither core module (0) nor component (1)", layer)}
	}
	if err != nil {
		return nil, err
	}
	p.info.Features = slices.Sorted(maps.Keys(p.features))
	p.info.WASI = wasiLevel(p.info)
	p.info.ABIs = findABIs(p.info)
	return p.info, nil
}

type parser struct {
	info     *Info
	r        *reader
	features map[string]bool
	scan     int // largest code section to scan
	depth    int

	funcTypes []uint32 // type of each function, imported ones first
	tables    []string
	globals   []string
	tags      int
	bodies    int
}

// sections calls read for each section after the header; read must consume all
// of the section's content.
func (p *parser) sections(read func(id byte, r *reader) error) error {
	for n := 0; p.r.more(); n++ {
		at := p.r.offset()
		if n == maxSections {
			return &FormatError{Offset: at, Reason: fmt.Sprintf("more than %d sections", maxSections)}
		}
		id, content := p.r.section()
		if p.r.err != nil {
			return p.r.err
		}
		if err := read(id, content); err != nil {
			return err
		}
		if content.err != nil {
			return content.err
		}
		if content.left() > 0 {
			return &FormatError{Offset: content.offset(), Reason: fmt.Sprintf("section %d has %d bytes too many", id, content.left())}
		}
	}
	return p.r.err
}

// ErrNotWasm is what errors wrap when the data is not WebAssembly but something
// else: text, an archive, a native program.
var ErrNotWasm = errors.New("not WebAssembly")
