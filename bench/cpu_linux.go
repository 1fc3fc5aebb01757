// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"syscall"
	"time"
	"unsafe"
)

// cpuTimeOf returns what another process that is running has used so far.
func cpuTimeOf(p *os.Process) (time.Duration, error) {
	// The clock of a process's time, as clock_getcpuclockid(3) makes it.
	clock := ^p.Pid<<3 | 2
	var t syscall.Timespec
	if _, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, uintptr(clock), uintptr(unsafe.Pointer(&t)), 0); errno != 0 {
		return 0, fmt.Errorf("reading the processor time of process %d: %w", p.Pid, errno)
	}
	return time.Duration(t.Nano()), nil
}

// maxMemory returns the most memory that a finished process used, in bytes.
func maxMemory(p *os.ProcessState) int64 {
	return p.SysUsage().(*syscall.Rusage).Maxrss * 1024
}
