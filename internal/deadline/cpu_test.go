// SPDX-License-Identifier: Apache-2.0

//go:build unix

package deadline

import (
	"syscall"
	"time"
)

// cpuTime returns the processor time that the process has used, which means more
// than the clock on a busy machine.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
