// SPDX-License-Identifier: Apache-2.0

package command

import (
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"
)

func TestContainerLimit(t *testing.T) {
	for _, tc := range []struct {
		name, file, text string
		want             int64
	}{
		{"version 2", "memory.max", "536870912\n", 512 << 20},
		{"version 2 without a limit", "memory.max", "max\n", 0},
		{"version 1", "memory/memory.limit_in_bytes", "134217728\n", 128 << 20},
		{"version 1 without a limit", "memory/memory.limit_in_bytes", "9223372036854771712\n", 0},
		{"no cgroups", "other", "1", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, tc.file)
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(tc.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if got := containerLimit(dir); got != tc.want {
				t.Errorf("%d, want %d", got, tc.want)
			}
		})
	}
}

func TestBoundMemory(t *testing.T) {
	percent := debug.SetGCPercent(100)
	limit := debug.SetMemoryLimit(math.MaxInt64)
	defer debug.SetGCPercent(percent)
	defer debug.SetMemoryLimit(limit)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "memory.max"), []byte("1000000000"), 0o600); err != nil {
		t.Fatal(err)
	}
	boundMemory(func(string) string { return "set by the user" }, dir)
	if got := debug.SetMemoryLimit(-1); got != math.MaxInt64 {
		t.Errorf("the environment's GOMEMLIMIT is replaced by %d", got)
	}
	if got := debug.SetGCPercent(100); got != 100 {
		t.Errorf("the environment's GOGC is replaced by %d", got)
	}
	boundMemory(func(string) string { return "" }, dir)
	if got := debug.SetMemoryLimit(-1); got != 900_000_000 {
		t.Errorf("limit %d, want nine tenths of the container's", got)
	}
	if got := debug.SetGCPercent(100); got != gcPercent {
		t.Errorf("percent %d, want %d", got, gcPercent)
	}
}
