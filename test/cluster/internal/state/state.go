// SPDX-License-Identifier: Apache-2.0

// Package state knows where the cluster keeps its files and what runs.
//
// One directory has everything that a cluster writes; a second one, the cache, has what
// was built and outlives it. Nothing is written elsewhere, so removing the directory
// after the node process is gone leaves nothing.
package state

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Dirs are the two directories of a cluster.
type Dirs struct {
	State string // removed by down
	Cache string // kept: binaries, images
}

// Open makes both directories absolute; it creates neither.
func Open(stateDir, cacheDir string) (Dirs, error) {
	s, err := filepath.Abs(stateDir)
	if err != nil {
		return Dirs{}, fmt.Errorf("finding directory %q: %w", stateDir, err)
	}
	c, err := filepath.Abs(cacheDir)
	if err != nil {
		return Dirs{}, fmt.Errorf("finding directory %q: %w", cacheDir, err)
	}
	return Dirs{State: s, Cache: c}, nil
}

// DefaultCache returns the cache that all clones share, as in the top Makefile.
func DefaultCache() string {
	top := os.Getenv("HELM_WASM_CACHE")
	if top == "" {
		home := os.Getenv("XDG_CACHE_HOME")
		if home == "" {
			home = filepath.Join(os.Getenv("HOME"), ".cache")
		}
		top = filepath.Join(home, "helm-wasm")
	}
	return filepath.Join(top, "cluster")
}

// Path returns a file in the state directory.
func (d Dirs) Path(elem ...string) string {
	return filepath.Join(append([]string{d.State}, elem...)...)
}

// Kubeconfig returns the administrator's kubeconfig.
func (d Dirs) Kubeconfig() string { return d.Path("kubeconfig") }

// Socket returns the socket that accepts requests to dial into the cluster's network. Its
// name is short because a unix socket's path may have at most 107 bytes.
func (d Dirs) Socket() string { return d.Path("dial") }

// Cgroup returns the name, below every hierarchy's root, of the pods' cgroups.
func (d Dirs) Cgroup() string {
	sum := sha256.Sum256([]byte(d.State))
	return "helm-wasm-" + hex.EncodeToString(sum[:4])
}

// Node is the record of the process that is the cluster. Its start time distinguishes it
// from a later process with the same id.
type Node struct {
	PID     int    `json:"pid"`
	Started uint64 `json:"started"`
	API     string `json:"api"`
}

// Save writes the record.
func (d Dirs) Save(n Node) error {
	data, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("encoding node record: %w", err)
	}
	if err := os.WriteFile(d.Path("node.json"), data, 0o600); err != nil {
		return fmt.Errorf("writing node record: %w", err)
	}
	return nil
}

// Load reads the record; if it is missing, it returns the zero Node.
func (d Dirs) Load() (Node, error) {
	var n Node
	data, err := os.ReadFile(d.Path("node.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return n, nil
	}
	if err != nil {
		return n, fmt.Errorf("reading node record: %w", err)
	}
	if err := json.Unmarshal(data, &n); err != nil {
		return n, fmt.Errorf("reading node record %q: %w", d.Path("node.json"), err)
	}
	return n, nil
}

// Running reports whether the recorded process still lives.
func (n Node) Running() bool {
	if n.PID <= 0 {
		return false
	}
	started, err := StartTime(n.PID)
	return err == nil && started == n.Started
}

// StartTime returns that of a process in clock ticks since boot.
func StartTime(pid int) (uint64, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, fmt.Errorf("reading process %d: %w", pid, err)
	}
	// The command, in parentheses, may contain blanks and parentheses.
	rest := string(data)[strings.LastIndexByte(string(data), ')')+1:]
	fields := strings.Fields(rest)
	if len(fields) < 20 || fields[0] == "Z" {
		return 0, fmt.Errorf("reading process %d: it has ended", pid)
	}
	return strconv.ParseUint(fields[19], 10, 64)
}

// Lock keeps two commands from changing one cluster at the same time.
func (d Dirs) Lock() (unlock func(), err error) {
	name := d.State + ".lock"
	free, err := lock(name)
	if err != nil {
		return nil, err
	}
	return func() {
		free()
		os.Remove(name)
	}, nil
}

// LockCache keeps two clusters from filling one cache at the same time.
func (d Dirs) LockCache() (unlock func(), err error) { return lock(d.Cache + ".lock") }

func lock(name string) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return nil, fmt.Errorf("locking cluster: %w", err)
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR|syscall.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking cluster: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		f.Close()
		return nil, fmt.Errorf("locking cluster: %w", err)
	}
	return func() { f.Close() }, nil
}

// Stop ends the recorded process: SIGTERM, then SIGKILL. The process is the
// first of its own PID, mount and network namespaces, so with it the kernel
// ends every process, mount and interface of the cluster.
func (n Node) Stop(grace time.Duration) error {
	if !n.Running() {
		return nil
	}
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		if err := syscall.Kill(n.PID, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("stopping process %d: %w", n.PID, err)
		}
		for end := time.Now().Add(grace); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			if !n.Running() {
				return nil
			}
		}
	}
	return fmt.Errorf("stopping process %d: it lives %s after SIGKILL", n.PID, grace)
}

// RemoveCgroups removes the pods' cgroups from every hierarchy. They are
// empty once the node process is gone; the kernel may need a moment for that.
func (d Dirs) RemoveCgroups() error {
	var last error
	for range 50 {
		last = nil
		for _, top := range Hierarchies() {
			root := filepath.Join(top, d.Cgroup())
			var dirs []string
			filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
				if err == nil && e.IsDir() {
					dirs = append(dirs, path)
				}
				return nil
			})
			for i := len(dirs) - 1; i >= 0; i-- {
				if err := os.Remove(dirs[i]); err != nil && !errors.Is(err, fs.ErrNotExist) {
					last = fmt.Errorf("removing cgroup: %w", err)
				}
			}
		}
		if last == nil {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return last
}

// Hierarchies returns the mount points of cgroup hierarchies, version 1 or 2.
func Hierarchies() []string {
	data, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return nil
	}
	var tops []string
	for line := range strings.Lines(string(data)) {
		f := strings.Fields(line)
		if len(f) > 2 && (f[2] == "cgroup" || f[2] == "cgroup2") {
			tops = append(tops, f[1])
		}
	}
	return tops
}
