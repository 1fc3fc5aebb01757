// SPDX-License-Identifier: Apache-2.0

// Package deadline gives calls into WebAssembly a time limit at little cost.
//
// wazero compiles guests to machine code that Go's scheduler cannot preempt. A
// guest that loops forever keeps its processor, and the next garbage collection,
// which has to stop the world, waits for it and stops everything else. wazero's
// own remedy, WithCloseOnContextDone, enters Go at every loop header, which makes
// loop-heavy guests two to four times slower. It also ignores recursion, which
// can run for years without a loop.
//
// Instrument rewrites a module when it is loaded so that it counts down at every
// loop header and function entry, by an amount that grows with the code that
// follows, and before bulk memory operations by their size. When the count
// reaches zero, some tens of microseconds later, the guest visits Go for a moment
// (by a memory.grow of zero pages, which wazero does in Go), so that the scheduler
// and the garbage collector get their turn. Then it checks a flag. A Watchdog sets
// the flag for calls that are out of time, and they trap.
//
// After an interrupt the instance is dead: its memory is in whatever state the
// loop left it in. Close it and make a new one.
//
// Time inside host functions is not interrupted. They return to the guest, which
// traps at its next check.
package deadline
