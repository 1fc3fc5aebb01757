// SPDX-License-Identifier: Apache-2.0

package deadline

import (
	"fmt"

	"github.com/helm-wasm/helm-wasm/internal/opcode"
)

// place is where something is inserted, or where a branch is replaced.
type place struct {
	at, next int // offsets of the instruction there, and of the next one
	kind     placeKind
	size     int // bytes of code that a check counts, or of the branch
	code     int // of the branch, in walk.branches
}

type placeKind byte

const (
	atCheck   placeKind = iota // at the beginning of a function or loop
	atBulk                     // before a bulk operation
	atLoop                     // before a loop that is wrapped
	inLoop                     // at the beginning of such a loop
	afterLoop                  // after the end of such a loop
	atBranch                   // at a branch out of such a loop
	nowhere
)

// walk finds the places in the instructions of one function after another.
type walk struct {
	module *module
	body   []byte
	from   int  // of the first instruction
	wrap   bool // loops may be wrapped

	list     []place
	branches []byte // instructions that replace branches
	open     []opened
}

// opened is a block that has not ended.
type opened struct {
	loop    int // its check in the list, or -1
	wrapped bool
	outer   int // wrapped loops among this block and those around it
}

// smallLeaf is the size in bytes up to which entering a function is not counted
// if it calls no function of the module: the count of its caller includes it.
const smallLeaf = 256

// places fills the list with loop headers, bulk operations and branches out of
// wrapped loops, and with the entry of the function where that needs a check,
// since recursion has no loop in it.
func (w *walk) places() error {
	w.list = append(w.list[:0], place{at: w.from, next: w.from, size: len(w.body) - w.from})
	w.branches, w.open = w.branches[:0], w.open[:0]
	calls := false
	plain := true     // no instruction so far could leave the straight line
	straight := false // every call of the function reaches a loop first
	for pos := w.from; pos < len(w.body); {
		op, arg, next, err := opcode.Next(w.body, pos)
		if err != nil {
			return err
		}
		if err := w.check(op, arg); err != nil {
			return err
		}
		if !w.readsTheSame(op, pos, next) {
			return fmt.Errorf("instruction %s is written in a form that the engine reads as another", op)
		}
		switch op {
		case opcode.Block, opcode.Loop, opcode.LocalGet, opcode.LocalSet, opcode.LocalTee,
			opcode.GlobalGet, opcode.GlobalSet, opcode.I32Const, opcode.I64Const:
		default:
			plain = false
		}
		switch op {
		case opcode.Loop:
			straight = straight || plain
			w.loop(pos, next, arg)
		case opcode.Block, opcode.If:
			w.enter(-1, false)
		case opcode.Try, opcode.TryTable, opcode.Rethrow, opcode.Delegate,
			opcode.BrOnNull, opcode.BrOnNonNull, opcode.BrOnCast, opcode.BrOnCastFail:
			if w.wrap {
				// Their labels would have to be adapted, and they are rare.
				w.wrap = false
				return w.places()
			}
			switch op {
			case opcode.Try, opcode.TryTable:
				w.enter(-1, false)
			case opcode.Delegate:
				w.end(pos, next)
			}
		case opcode.End:
			w.end(pos, next)
		case opcode.Br, opcode.BrIf, opcode.BrTable:
			if err := w.branch(op, pos, next); err != nil {
				return err
			}
		case opcode.Call, opcode.ReturnCall:
			calls = calls || int64(arg) >= int64(w.module.imported)
		case opcode.CallIndirect, opcode.ReturnCallIndirect, opcode.CallRef, opcode.ReturnCallRef:
			calls = true
		case opcode.MemoryInit, opcode.MemoryCopy, opcode.MemoryFill,
			opcode.TableInit, opcode.TableCopy, opcode.TableFill:
			w.list = append(w.list, place{at: pos, next: next, kind: atBulk})
		}
		pos = next
	}
	if straight || !calls && len(w.body)-w.from <= smallLeaf {
		w.list[0].kind = nowhere
	}
	return nil
}

// check refuses indices that would refer to something that is added.
func (w *walk) check(op opcode.Op, arg uint32) error {
	m := w.module
	if m.memories == 0 && usesMemory(op) {
		return fmt.Errorf("it uses a memory (instruction %s) but the module has none", op)
	}
	switch op {
	case opcode.Loop, opcode.Block, opcode.If, opcode.Try, opcode.TryTable, opcode.CallIndirect, opcode.ReturnCallIndirect,
		opcode.CallRef, opcode.ReturnCallRef, opcode.SelectTyped, opcode.RefNull:
		if int64(arg) >= int64(len(m.params)) {
			return fmt.Errorf("it uses type %d of %d", arg, len(m.params))
		}
	case opcode.Call, opcode.ReturnCall:
		if int64(arg) >= int64(len(m.funcs)) {
			return fmt.Errorf("it calls function %d of %d", arg, len(m.funcs))
		}
	case opcode.RefFunc:
		if int64(arg) >= int64(len(m.funcs)) {
			return fmt.Errorf("it refers to function %d of %d", arg, len(m.funcs))
		}
	case opcode.GlobalGet, opcode.GlobalSet:
		// The next index would be the added flag.
		if arg >= m.globals {
			return fmt.Errorf("it uses global %d of %d", arg, m.globals)
		}
	}
	return nil
}

// readsTheSame reports whether wazero reads the same instruction at that place.
// Otherwise a loop that is hidden behind it would never be interrupted. wazero
// reads one byte of the number of a SIMD instruction, and treats the second byte,
// 0x01 in those from 0x80 on, as a nop. In a select with types it skips one byte
// of the type, but (ref null? ht) has more.
func (w *walk) readsTheSame(op opcode.Op, pos, next int) bool {
	switch {
	case op.Prefix() == opcode.PrefixSIMD:
		n := op.Number()
		return n == uint32(w.body[pos+1]) && (n < 0x80 || w.body[pos+2] == 1)
	case op == opcode.SelectTyped:
		return next == pos+3
	}
	return true
}

// loop begins a loop; arg is the index of its type, unless that is a value type.
func (w *walk) loop(pos, next int, arg uint32) {
	value := w.body[pos+1] >= 0x40 && w.body[pos+1] < 0x80
	if w.wrap && (value || w.module.params[arg] == 0) {
		w.list = append(w.list, place{at: pos, next: next, kind: atLoop})
		w.enter(len(w.list), true)
		w.list = append(w.list, place{at: next, next: next, kind: inLoop})
		return
	}
	w.enter(len(w.list), false)
	w.list = append(w.list, place{at: next, next: next})
}

func (w *walk) enter(loop int, wrapped bool) {
	o := opened{loop: loop, wrapped: wrapped, outer: w.wrapped()}
	if wrapped {
		o.outer++
	}
	w.open = append(w.open, o)
}

// wrapped counts the wrapped loops among the open blocks.
func (w *walk) wrapped() int {
	if n := len(w.open); n > 0 {
		return w.open[n-1].outer
	}
	return 0
}

// end ends a block, or the function.
func (w *walk) end(pos, next int) {
	n := len(w.open)
	if n == 0 {
		return
	}
	o := w.open[n-1]
	w.open = w.open[:n-1]
	if o.loop >= 0 {
		w.list[o.loop].size = pos - w.list[o.loop].at
	}
	if o.wrapped {
		w.list = append(w.list, place{at: next, next: next, kind: afterLoop})
	}
}

// branch replaces a branch out of a wrapped loop, which has more blocks around it
// now.
func (w *walk) branch(op opcode.Op, pos, next int) error {
	if w.wrapped() == 0 {
		return nil
	}
	s := &scanner{b: w.body[:next], pos: pos + 1}
	from := len(w.branches)
	w.branches = append(w.branches, byte(op))
	labels := uint32(1)
	if op == opcode.BrTable {
		n := s.u32("a number of labels")
		w.branches = appendU32(w.branches, n)
		labels += n
	}
	changed := false
	for ; labels > 0 && s.err == nil; labels-- {
		label := s.u32("a label")
		if int64(label) > int64(len(w.open)) {
			return fmt.Errorf("it branches to label %d of %d", label, len(w.open)+1)
		}
		more := w.beyond(label)
		changed = changed || more > 0
		w.branches = appendU32(w.branches, label+more)
	}
	if s.err != nil || !changed {
		w.branches = w.branches[:from]
		return s.err
	}
	w.list = append(w.list, place{at: pos, next: next, kind: atBranch, size: len(w.branches) - from, code: from})
	return nil
}

// beyond returns by how much a label grows: by the blocks around the wrapped
// loops that the branch leaves.
func (w *walk) beyond(label uint32) uint32 {
	stay := len(w.open) - int(label) // blocks that the branch does not leave
	if stay == 0 {
		return uint32(w.wrapped()) * wrapDepth
	}
	return uint32(w.wrapped()-w.open[stay-1].outer) * wrapDepth
}
