// SPDX-License-Identifier: Apache-2.0

package deadline

import "time"

// Remaining returns the time left to the running call, within which host
// functions that block should return. It is false while no call runs.
func (i *Interrupter) Remaining() (time.Duration, bool) {
	switch due := i.due.Load(); due {
	case idle:
		return 0, false
	case fired:
		return 0, true
	default:
		return max(0, time.Duration(due-i.dog.now())), true
	}
}
