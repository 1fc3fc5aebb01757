// SPDX-License-Identifier: Apache-2.0

package command

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
)

// gcPercent is half of Go's default: what a runner keeps is small beside what
// passes through it, so this saves memory for little work.
const gcPercent = 50

// boundMemory configures Go's garbage collector, unless GOGC and GOMEMLIMIT do:
// garbage is at most half of what lives, and all of it stays within nine tenths of
// the container's limit, so that a burst costs work before it costs the pod.
func boundMemory(getenv func(string) string, root string) {
	if getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if limit := containerLimit(root); limit > 0 && getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(limit / 10 * 9)
	}
}

// containerLimit returns the memory limit of this process's container in bytes,
// from cgroups version 2 or 1 below root, or 0 without one.
func containerLimit(root string) int64 {
	for _, file := range []string{"memory.max", "memory/memory.limit_in_bytes"} {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			continue
		}
		// "max" means no limit, and so does version 1's number above all memories.
		if n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && n < 1<<60 {
			return n
		}
	}
	return 0
}
