// SPDX-License-Identifier: Apache-2.0

package nodesetup

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
}

func (h *Host) step(format string, args ...any) {
	if h.Step != nil {
		h.Step(fmt.Sprintf(format, args...))
	}
}

// path is where a file of the node is for this process.
func (h *Host) path(name string) string { return filepath.Join(h.Root, name) }

// resolve follows symbolic links of the node as the node would.
func (h *Host) resolve(name string) (string, error) {
	for range 40 {
		done := true
		parts := strings.Split(strings.Trim(filepath.Clean(name), "/"), "/")
		for i := range parts {
			prefix := "/" + filepath.Join(parts[:i+1]...)
			target, err := os.Readlink(h.path(prefix))
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

// Read is a file's content; nil and no error where there is none.
func (h *Host) Read(name string) ([]byte, error) {
	name, err := h.resolve(name)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(h.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// Exists says whether a file, directory or socket is there.
func (h *Host) Exists(name string) bool {
	name, err := h.resolve(name)
	if err != nil {
		return false
	}
	_, err = os.Stat(h.path(name))
	return err == nil
}

// tempPrefix marks files that are not finished. Nothing that reads *.toml or
// *.conf finds them.
const tempPrefix = ".wasm-node-setup-"

func tempName(name string) string {
	return filepath.Join(filepath.Dir(name), tempPrefix+filepath.Base(name)+".tmp")
}

// Write replaces a file in one step, with everything on disk before. Mode and
// owner of a file that is there stay.
func (h *Host) Write(name string, data []byte, mode fs.FileMode) error {
	name, err := h.resolve(name)
	if err != nil {
		return err
	}
	if err := h.writeTemp(name, bytes.NewReader(data), mode); err != nil {
		return err
	}
	return h.commit(name)
}

// writeTemp writes beside the file what commit puts in its place.
func (h *Host) writeTemp(name string, from io.Reader, mode fs.FileMode) (err error) {
	h.step("write %s", name)
	if err := os.MkdirAll(h.path(filepath.Dir(name)), 0o755); err != nil {
		return err
	}
	temp := h.path(tempName(name))
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
	if old, err := os.Stat(h.path(name)); err == nil {
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
	h.step("written %s", name)
	return nil
}

// commit puts a temporary file in its place.
func (h *Host) commit(name string) error {
	if err := os.Rename(h.path(tempName(name)), h.path(name)); err != nil {
		return err
	}
	h.step("renamed %s", name)
	return h.syncDir(filepath.Dir(name))
}

// discard removes a temporary file, if there is one.
func (h *Host) discard(name string) { _ = os.Remove(h.path(tempName(name))) }

// Remove deletes a file; one that is not there is no mistake.
func (h *Host) Remove(name string) error {
	name, err := h.resolve(name)
	if err != nil {
		return err
	}
	h.step("remove %s", name)
	if err := os.Remove(h.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	h.step("removed %s", name)
	return h.syncDir(filepath.Dir(name))
}

// removeEmpty deletes directories that node setup made, from the inside out,
// as long as they are empty. A run that was cut off may have removed some.
func (h *Host) removeEmpty(dirs ...string) {
	for _, dir := range dirs {
		if err := os.Remove(h.path(dir)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return
		}
		h.step("removed %s", dir)
	}
}

func (h *Host) syncDir(name string) error {
	dir, err := os.Open(h.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

// Run starts one of the node's own programs in the node's file system, and is
// its output. A program that outlives the time limit is ended with its group.
func (h *Host) Run(ctx context.Context, limit time.Duration, argv ...string) (string, error) {
	for try := 0; ; try++ {
		text, err := h.runOnce(ctx, limit, argv...)
		// A program just written is busy while any other child of ours, forked
		// meanwhile, has not yet dropped the descriptor.
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
	cmd.Env = append(os.Environ(), "PATH="+strings.Join(searched, ":"), "LC_ALL=C",
		// systemctl does nothing in what looks like a chroot, but here the
		// chroot is the node itself, sockets included.
		"SYSTEMD_IGNORE_CHROOT=1")
	cmd.Dir = "/"
	if filepath.Clean(h.Root) != "/" {
		cmd.SysProcAttr.Chroot = h.Root
		found, err := h.lookPath(argv[0])
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
		return stdout.String(), fmt.Errorf("running %q: no end after %s: %s", strings.Join(argv, " "), limit, lastLines(stderr.String()))
	}
	if err != nil {
		return stdout.String(), fmt.Errorf("running %q: %w: %s", strings.Join(argv, " "), err, lastLines(stderr.String()))
	}
	return stdout.String(), nil
}

// searched is where programs of a node are.
var searched = []string{"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"}

// lookPath finds a program of the node.
func (h *Host) lookPath(name string) (string, error) {
	if strings.Contains(name, "/") {
		if !h.Exists(name) {
			return "", fmt.Errorf("the node has no program %q", name)
		}
		return name, nil
	}
	for _, dir := range searched {
		if h.Exists(filepath.Join(dir, name)) {
			return filepath.Join(dir, name), nil
		}
	}
	return "", fmt.Errorf("the node has no program %q", name)
}

// lastLines keeps an error message readable.
func lastLines(text string) string {
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
