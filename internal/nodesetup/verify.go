// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// Verify asks the container runtime, over CRI, which handlers it has, and runs
// a WebAssembly program under each. It changes nothing.
func (s *Setup) Verify(ctx context.Context) (Result, error) {
	if err := s.detect(ctx); err != nil {
		return Result{}, err
	}
	return s.verify(ctx)
}

func (s *Setup) verify(ctx context.Context) (Result, error) {
	r := Result{Node: s.node, Failed: map[string]error{}, Levels: map[string]Level{}}
	status, err := s.cri().Status(ctx)
	if err != nil {
		return r, err
	}
	if !status.Ready {
		return r, fmt.Errorf("the container runtime is not ready: %s", status.Reason)
	}
	_, _, failed := s.handlers()
	listed := len(status.Handlers) > 0
	for _, key := range sortedKeys(s.Config.Runtimes) {
		name, level := s.Config.Runtimes[key].Handler, s.level(key)
		switch {
		case !status.Has(name) && failed[key] != nil:
			r.Failed[key] = failed[key]
		case !status.Has(name) && listed:
			r.Failed[key] = fmt.Errorf("the container runtime has no handler %q, only %q", name, status.Handlers)
		case !listed && level == TryOff:
			r.Failed[key] = fmt.Errorf("handler %q could not be verified: this container runtime does not list its handlers, and try is off: use try: sandbox at least", name)
		case s.rest && listed && !s.passed[name]:
			// It was tried not long ago, and is still there.
			r.Ready = append(r.Ready, key)
			r.Levels[key] = TryOff
		default:
			if err := s.try(ctx, key); err != nil {
				r.Failed[key] = fmt.Errorf("handler %q started no pod: %w", name, err)
				continue
			}
			r.Ready = append(r.Ready, key)
			r.Levels[key] = level
		}
	}
	return r, nil
}

// ownCgroup is the parent of trials where no systemd manages cgroups. Without
// one containerd makes up a place of its own and leaves it behind.
const ownCgroup = "wasm-node-setup"

// try starts a pod under a runtime's handler as far as its level says. Once in
// a run is enough.
func (s *Setup) try(ctx context.Context, key string) error {
	handler, level := s.Config.Runtimes[key].Handler, s.level(key)
	if level == TryOff || s.passed[handler] {
		return nil
	}
	t := Trial{Handler: handler, CgroupParent: "/" + ownCgroup}
	// What containerd makes of its files is a nicety here: they may be broken
	// while all runs well.
	if err := s.look(ctx); err != nil {
		s.Log.Warn("reading the cgroup driver", "error", err.Error())
	}
	if s.systemd() {
		t.CgroupParent = "system.slice"
	}
	if from := s.Config.Runtimes[key]; strings.HasPrefix(from.file(key), "crun") {
		t.Annotations = map[string]string{"module.wasm.image/variant": "compat-smart"}
	}
	if level == TryWasm {
		t.Module = tempName(path.Join(s.Config.StateDir, "verify.wasm"))
		t.Log = tempName(path.Join(s.Config.StateDir, "verify.log"))
		module, log := s.Host.path(t.Module), s.Host.path(t.Log)
		defer s.Host.removeEmpty(s.Config.StateDir, path.Dir(s.Config.StateDir))
		defer os.Remove(log)
		defer os.Remove(module)
		if err := os.MkdirAll(filepath.Dir(module), 0o755); err != nil {
			return writable(err)
		}
		// Executable, which runtimes look at before they choose an engine.
		if err := errors.Join(os.WriteFile(module, tryModule(), 0o755), os.Chmod(module, 0o755)); err != nil {
			return writable(err)
		}
	}
	defer s.removeCgroup()
	err := s.cri().Try(ctx, t)
	if err != nil && ctx.Err() == nil {
		// The kubelet ends pods that it does not know, if it sees them in time.
		s.Log.Warn("trying once more", "handler", handler, "error", err.Error())
		select {
		case <-ctx.Done():
		case <-time.After(s.again):
		}
		err = s.cri().Try(ctx, t)
	}
	if err != nil {
		return s.printed(err, t.Log)
	}
	s.passed[handler] = true
	return nil
}

// printed adds to an error what the program printed.
func (s *Setup) printed(err error, log string) error {
	data, readErr := os.ReadFile(s.Host.path(log))
	if log == "" || readErr != nil || len(bytes.TrimSpace(data)) == 0 {
		return err
	}
	var lines []string
	for line := range strings.Lines(string(data)) {
		// As CRI writes it: time, stream, F or P, text.
		if parts := strings.SplitN(strings.TrimSpace(line), " ", 4); len(parts) == 4 {
			line = parts[3]
		}
		lines = append(lines, line)
	}
	return fmt.Errorf("%w; it printed: %s", err, lastLines(strings.Join(lines, "\n")))
}

// removeCgroup takes the trials' cgroup away, in each hierarchy of version 1.
func (s *Setup) removeCgroup() {
	base := s.Host.path("/sys/fs/cgroup")
	dirs, _ := filepath.Glob(filepath.Join(base, "*", ownCgroup))
	for _, dir := range append(dirs, filepath.Join(base, ownCgroup)) {
		_ = os.Remove(dir) // a directory of cgroups goes when it is empty
	}
}
