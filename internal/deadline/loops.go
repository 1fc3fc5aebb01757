// SPDX-License-Identifier: Apache-2.0

package deadline

// A loop's visit to Go is put outside of the loop:
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
// A visit so begins the iteration anew that it came before, and a call inside
// the loop would cost far more: after a call wazero reads the memory's place and
// size and all globals again, and so each iteration would move them about
// between registers and the stack, whether it calls or not.
//
// It takes that nothing is on the stack where an iteration begins, so loops with
// parameters, which compilers hardly make, have their visit inside.
const wrapDepth = 3

// open begins what is around a loop of that type.
func (in *inserter) open(b, blockType []byte) []byte {
	b = append(append(b, opBlock), blockType...)
	return append(b, opLoop, noResult, opBlock, noResult)
}

// checkOut counts an iteration of that many bytes of code, and leaves the loop
// when nothing is left.
func (in *inserter) checkOut(b []byte, bytes int) []byte {
	b = appendU32(append(b, opGlobalGet), in.fuel)
	// Less than a visit brings, or the loop would never begin.
	b = appendS32(append(b, opConst), uint32(min(1+bytes/unitBytes, visit-1)))
	b = appendU32(append(b, opSub, opGlobalSet), in.fuel)
	b = appendU32(append(b, opGlobalGet), in.fuel)
	return append(b, opConst, 0, opLeS, opBrIf, 1)
}

// close ends what is around a loop.
func (in *inserter) close(b []byte) []byte {
	b = append(b, opBr, 2, opEnd)
	b = appendU32(append(b, opCall), in.first+fnVisit)
	return append(b, opBr, 0, opEnd, opUnreachable, opEnd)
}
