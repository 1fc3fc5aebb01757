// SPDX-License-Identifier: Apache-2.0

// Package helm runs the plugins in real Helm, installed as users install them, in homes
// that are empty at first. It needs what `make build` builds, and runs make for it when it
// is run by hand.
package helm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// root of the repository, helmBin and nativeBin in it.
var root, helmBin, nativeBin string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	var err error
	if root, err = filepath.Abs(filepath.Join("..", "..")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	helmBin = filepath.Join(root, "build", "bin", "helm")
	if os.Getenv("HELM_WASM_BUILT") == "" {
		make := exec.Command("make", "-s", "helm", "build")
		make.Dir, make.Stdout, make.Stderr = root, os.Stderr, os.Stderr
		if err := make.Run(); err != nil {
			fmt.Fprintln(os.Stderr, "make build:", err)
			return 1
		}
	}
	dir, err := os.MkdirTemp("", "helm-wasm-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	nativeBin = filepath.Join(dir, "helm-wasm")
	build := exec.Command("go", "build", "-o", nativeBin, "./cmd/helm-wasm")
	build.Dir, build.Stderr = root, os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "building helm-wasm:", err)
		return 1
	}
	sharedDir = filepath.Join(dir, "home")
	return m.Run()
}

// home is a Helm home.
type home struct {
	dir string
	env []string
}

// newHome makes an empty home in dir.
func newHome(dir string) *home {
	h := &home{dir: dir}
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "HELM_") && !strings.HasPrefix(kv, "KUBE") && !strings.HasPrefix(kv, "NO_COLOR=") {
			h.env = append(h.env, kv)
		}
	}
	h.env = append(
		h.env,
		"HELM_DATA_HOME="+filepath.Join(dir, "data"),
		"HELM_CACHE_HOME="+filepath.Join(dir, "cache"),
		"HELM_CONFIG_HOME="+filepath.Join(dir, "config"),
		"KUBECONFIG="+filepath.Join(dir, "no-kubeconfig"),
		// This build first: `make demo` leaves an older helm-wasm beside Helm.
		"PATH="+strings.Join([]string{filepath.Dir(nativeBin), filepath.Dir(helmBin), os.Getenv("PATH")}, string(os.PathListSeparator)),
	)
	return h
}

// emptyHome returns a home in which nothing is installed.
func emptyHome(t *testing.T) *home {
	t.Helper()
	return newHome(t.TempDir())
}

var (
	sharedDir  string
	sharedOnce sync.Once
	sharedHome *home
	sharedErr  error
)

// shared returns a home with all plugins installed from the checkout and compiled.
func shared(t *testing.T) *home {
	t.Helper()
	sharedOnce.Do(func() {
		sharedHome = newHome(sharedDir)
		plugins := filepath.Join(root, "wasm-plugins")
		for _, dir := range []string{root, filepath.Join(plugins, "getter"), filepath.Join(plugins, "post-renderer")} {
			if r := sharedHome.run(nil, helmBin, "plugin", "install", dir); r.code != 0 {
				sharedErr = errors.New(r.String())
				return
			}
		}
		for _, args := range [][]string{{"wasm", "version"}, {"show", "chart", "wasm://charts/stack"}} {
			if r := sharedHome.run(nil, helmBin, args...); r.code != 0 {
				sharedErr = errors.New(r.String())
				return
			}
		}
	})
	if sharedErr != nil {
		t.Fatal(sharedErr)
	}
	return sharedHome
}

// result is that of a process.
type result struct {
	command        string
	stdout, stderr string
	code           int
	busy           time.Duration // processor time, of all cores
}

func (r result) String() string {
	return fmt.Sprintf("$ %s\nexit %d\nstdout: %s\nstderr: %s", r.command, r.code, clip(r.stdout), clip(r.stderr))
}

// clip keeps failure messages readable.
func clip(s string) string {
	const limit = 2000
	if len(s) > limit {
		return s[:limit] + fmt.Sprintf("... (%d bytes)", len(s))
	}
	return s
}

// run runs a program in the home, in a directory of that home.
func (h *home) run(stdin []byte, program string, args ...string) result {
	return h.runIn(h.dir, bytes.NewReader(stdin), program, args...)
}

func (h *home) runIn(dir string, stdin io.Reader, program string, args ...string) result {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	if err := os.MkdirAll(h.dir, 0o755); err != nil {
		return result{code: -1, stderr: err.Error()}
	}
	cmd := exec.CommandContext(ctx, program, args...)
	var stdout, stderr bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, h.env, stdin, &stdout, &stderr
	err := cmd.Run()
	r := result{
		command: filepath.Base(program) + " " + strings.Join(args, " "),
		stdout:  stdout.String(), stderr: stderr.String(),
	}
	if cmd.ProcessState != nil {
		r.busy = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		r.code = exit.ExitCode()
	case err != nil:
		r.code, r.stderr = -1, r.stderr+err.Error()
	}
	return r
}

// helm runs Helm and fails the test unless it succeeds.
func (h *home) helm(t *testing.T, stdin []byte, args ...string) result {
	t.Helper()
	r := h.run(stdin, helmBin, args...)
	if r.code != 0 {
		t.Fatal(r)
	}
	return r
}
