// SPDX-License-Identifier: Apache-2.0

package deadline

// A loop visits Go outside itself:
//
//	block T            ;; the way out
//	  loop             ;; again
//	    block          ;; to the visit
//	      loop T       ;; the loop
//	        count, br_if to the visit
//	        its body
//	      end
//	      br to the way out
//	    end
//	    call visit
//	    br again
//	  end
//	  unreachable
//	end
//
// After a visit, the iteration before which it happened begins anew. A call inside
// the loop would cost far more: after a call wazero reloads the address and size
// of the memory and all globals, so every iteration would move them between
// registers and the stack, whether it calls or not.
//
// This requires that the stack is empty where an iteration begins. Loops with
// parameters, which compilers rarely make, therefore visit Go inside.
const wrapDepth = 3

// open begins the blocks around a loop of that type.
func (in *inserter) open(b, blockType []byte) []byte {
	b = append(append(b, opBlock), blockType...)
	return append(b, opLoop, noResult, opBlock, noResult)
}

// checkOut counts an iteration of that many bytes of code, and leaves the loop
// when no fuel is left.
func (in *inserter) checkOut(b []byte, bytes int) []byte {
	b = appendU32(append(b, opGlobalGet), in.fuel)
	// Less than a visit refills, or the loop would never begin.
	b = appendS32(append(b, opConst), uint32(min(1+bytes/unitBytes, visit-1)))
	b = appendU32(append(b, opSub, opGlobalSet), in.fuel)
	b = appendU32(append(b, opGlobalGet), in.fuel)
	return append(b, opConst, 0, opLeS, opBrIf, 1)
}

// close ends the blocks around a loop.
func (in *inserter) close(b []byte) []byte {
	b = append(b, opBr, 2, opEnd)
	b = appendU32(append(b, opCall), in.first+fnVisit)
	return append(b, opBr, 0, opEnd, opUnreachable, opEnd)
}
