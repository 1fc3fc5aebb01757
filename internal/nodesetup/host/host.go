// SPDX-License-Identifier: Apache-2.0

// Package host reads and changes the files of a node, and runs its programs.
package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Host is the node: its files below Root, and its programs.
type Host struct {
	// Root is where the node's file system is mounted; "/" on the node itself.
	Root string
	// Step is called before and after everything that changes the node. Tests
	// stop there, as a power cut would.
	Step func(name string)
	// Programs are directories in which programs of the node are looked for
	// before the usual ones.
	Programs []string
}

// Note calls Step, if there is one.

func (h *Host) Note(format string, args ...any) {
	if h.Step != nil {
		h.Step(fmt.Sprintf(format, args...))
	}
}

// Path returns where this process finds a file of the node.
func (h *Host) Path(name string) string { return filepath.Join(h.Root, name) }

// Resolve follows symbolic links of the node as the node would.
func (h *Host) Resolve(name string) (string, error) {
	for range 40 {
		done := true
		parts := strings.Split(strings.Trim(filepath.Clean(name), "/"), "/")
		for i := range parts {
			prefix := "/" + filepath.Join(parts[:i+1]...)
			target, err := os.Readlink(h.Path(prefix))
			if err != nil {
				continue
			}
			if !filepath.IsAbs(target) {
				target = filepath.Join(filepath.Dir(prefix), target)
			}
			name = filepath.Join(append([]string{target}, parts[i+1:]...)...)
			done = false
			break
		}
		if done {
			return filepath.Clean(name), nil
		}
	}
	return "", fmt.Errorf("resolving %q: too many symbolic links", name)
}

// Read returns a file's content; nil and no error if there is no file.
func (h *Host) Read(name string) ([]byte, error) {
	name, err := h.Resolve(name)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(h.Path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// Exists reports whether a file, directory or socket is there.
func (h *Host) Exists(name string) bool {
	name, err := h.Resolve(name)
	if err != nil {
		return false
	}
	_, err = os.Stat(h.Path(name))
	return err == nil
}

// TempPrefix marks files that are not finished. A pattern such as *.toml or
// *.conf does not match them.
const TempPrefix = ".wasm-node-setup-"

// TempName returns the name under which a file is written before it takes its
// place, in the same directory.
func TempName(name string) string {
	return filepath.Join(filepath.Dir(name), TempPrefix+filepath.Base(name)+".tmp")
}

// Write replaces a file in one step, once all of it is on disk. A file that is
// there keeps its mode and owner.
func (h *Host) Write(name string, data []byte, mode fs.FileMode) error {
	name, err := h.Resolve(name)
	if err != nil {
		return err
	}
	if err := h.WriteTemp(name, bytes.NewReader(data), mode); err != nil {
		return err
	}
	return h.Commit(name)
}

// WriteTemp writes beside the file what Commit puts in its place.
func (h *Host) WriteTemp(name string, from io.Reader, mode fs.FileMode) (err error) {
	h.Note("write %s", name)
	if err := os.MkdirAll(h.Path(filepath.Dir(name)), 0o755); err != nil {
		return err
	}
	temp := h.Path(TempName(name))
	defer func() {
		if err != nil {
			os.Remove(temp)
		}
	}()
	file, err := os.OpenFile(temp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	defer file.Close()
	if old, err := os.Stat(h.Path(name)); err == nil {
		if owner, ok := old.Sys().(*syscall.Stat_t); ok {
			_ = file.Chown(int(owner.Uid), int(owner.Gid))
		}
		mode = old.Mode().Perm() | mode&0o111
	}
	if err := file.Chmod(mode); err != nil {
		return err
	}
	if _, err := io.Copy(file, from); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	h.Note("written %s", name)
	return nil
}

// Commit puts a temporary file in its place.
func (h *Host) Commit(name string) error {
	if err := os.Rename(h.Path(TempName(name)), h.Path(name)); err != nil {
		return err
	}
	h.Note("renamed %s", name)
	return h.syncDir(filepath.Dir(name))
}

// Discard removes a temporary file, if there is one.
func (h *Host) Discard(name string) { _ = os.Remove(h.Path(TempName(name))) }

// Remove deletes a file. It is not an error when there is none.
func (h *Host) Remove(name string) error {
	name, err := h.Resolve(name)
	if err != nil {
		return err
	}
	h.Note("remove %s", name)
	if err := os.Remove(h.Path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	h.Note("removed %s", name)
	return h.syncDir(filepath.Dir(name))
}

// RemoveEmpty deletes directories that node setup made, given from the inside
// out, as long as they are empty. A run that was cut off may have removed some.
func (h *Host) RemoveEmpty(dirs ...string) {
	for _, dir := range dirs {
		if err := os.Remove(h.Path(dir)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return
		}
		h.Note("removed %s", dir)
	}
}

func (h *Host) syncDir(name string) error {
	dir, err := os.Open(h.Path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

// Run starts one of the node's own programs in the node's file system and
// returns what it prints on standard output. A program that exceeds the time
// limit is killed together with its process group.
func (h *Host) Run(ctx context.Context, limit time.Duration, argv ...string) (string, error) {
	for try := 0; ; try++ {
		text, err := h.runOnce(ctx, limit, argv...)
		// A program just written is busy as long as another child process, forked
		// meanwhile, has not yet closed the descriptor.
		if try < 20 && errors.Is(err, syscall.ETXTBSY) {
			time.Sleep(50 * time.Millisecond)
			continue
		}
		return text, err
	}
}

func (h *Host) runOnce(ctx context.Context, limit time.Duration, argv ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Env = append(os.Environ(), "PATH="+strings.Join(h.programs(), ":"), "LC_ALL=C",
		// systemctl does nothing in what looks like a chroot, but this chroot is
		// the node itself, sockets included.
		"SYSTEMD_IGNORE_CHROOT=1")
	cmd.Dir = "/"
	if filepath.Clean(h.Root) != "/" {
		cmd.SysProcAttr.Chroot = h.Root
		found, err := h.LookPath(argv[0])
		if err != nil {
			return "", err
		}
		cmd.Path, cmd.Err = found, nil
	}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 2 * time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if ctx.Err() == context.DeadlineExceeded {
		err = fmt.Errorf("it had not ended after %s", limit)
	}
	if err != nil {
		err = fmt.Errorf("running %q: %w: %s", strings.Join(argv, " "), err, LastLines(stderr.String()))
	}
	return stdout.String(), err
}

// programs returns the directories in which programs of the node are looked for.
func (h *Host) programs() []string {
	return append(slices.Clone(h.Programs), "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
}

// LookPath finds a program of the node.
func (h *Host) LookPath(name string) (string, error) {
	if strings.Contains(name, "/") {
		if !h.Exists(name) {
			return "", fmt.Errorf("the node has no program %q", name)
		}
		return name, nil
	}
	for _, dir := range h.programs() {
		if h.Exists(filepath.Join(dir, name)) {
			return filepath.Join(dir, name), nil
		}
	}
	return "", fmt.Errorf("the node has no program %q", name)
}

// LastLines returns the last five lines of an output as one, for an error
// message.
func LastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) > 5 {
		lines = lines[len(lines)-5:]
	}
	text = strings.Join(lines, "; ")
	if text == "" {
		return "it printed nothing"
	}
	return text
}
