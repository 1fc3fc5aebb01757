// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/config"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/cri"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/host"
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
	r := Result{Node: s.node, Failed: map[string]error{}, Levels: map[string]config.Level{}}
	status, err := s.cri().Status(ctx)
	if err != nil {
		return r, err
	}
	if !status.Ready {
		return r, fmt.Errorf("the container runtime is not ready: %s", status.Reason)
	}
	_, _, failed := s.handlers()
	listed := len(status.Handlers) > 0
	for _, key := range slices.Sorted(maps.Keys(s.Config.Runtimes)) {
		name, level := s.Config.Runtimes[key].Handler, s.level(key)
		switch {
		case !status.Has(name) && failed[key] != nil:
			r.Failed[key] = failed[key]
		case !status.Has(name) && listed:
			r.Failed[key] = fmt.Errorf("the container runtime has no handler %q, only %q", name, status.Handlers)
		case !listed && level == config.TryOff:
			r.Failed[key] = fmt.Errorf("handler %q could not be verified: "+
				"this container runtime does not list its handlers, and try is off: use at least try: sandbox", name)
		case s.SkipTried && listed && !s.passed[name]:
			// It was tried not long ago and is still there.
			r.Ready = append(r.Ready, key)
			r.Levels[key] = config.TryOff
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

// ownCgroup is the parent of trials where systemd does not manage cgroups.
// Without a parent, containerd makes up a place of its own and leaves it behind.
const ownCgroup = "wasm-node-setup"

// level returns how far a runtime's handler is tried.
func (s *Setup) level(key string) config.Level {
	if s.NoTry {
		return config.TryOff
	}
	return s.Config.Level(key)
}

// try starts a pod under a runtime's handler, as far as its level says. Once in
// a run is enough.
func (s *Setup) try(ctx context.Context, key string) error {
	handler, level := s.Config.Runtimes[key].Handler, s.level(key)
	if level == config.TryOff || s.passed[handler] {
		return nil
	}
	t := cri.Trial{Handler: handler, CgroupParent: "/" + ownCgroup}
	// How containerd understands its files matters little here: they may be
	// broken while everything runs well.
	if err := s.look(ctx); err != nil {
		s.Log.Warn("reading the cgroup driver", "error", err.Error())
	}
	if s.systemd() {
		t.CgroupParent = "system.slice"
	}
	if from := s.Config.Runtimes[key]; strings.HasPrefix(from.File(key), "crun") {
		t.Annotations = map[string]string{"module.wasm.image/variant": "compat-smart"}
	}
	if level == config.TryWasm {
		t.Module = host.TempName(path.Join(s.Config.StateDir, "verify.wasm"))
		t.Log = host.TempName(path.Join(s.Config.StateDir, "verify.log"))
		module, log := s.Host.Path(t.Module), s.Host.Path(t.Log)
		defer s.Host.RemoveEmpty(s.Config.StateDir, path.Dir(s.Config.StateDir))
		defer os.Remove(log)
		defer os.Remove(module)
		if err := os.MkdirAll(filepath.Dir(module), 0o755); err != nil {
			return writable(err)
		}
		// Executable, which runtimes check before they choose an engine.
		if err := errors.Join(os.WriteFile(module, tryModule(), 0o755), os.Chmod(module, 0o755)); err != nil {
			return writable(err)
		}
	}
	defer s.removeCgroup()
	err := s.cri().Try(ctx, t)
	if err != nil && ctx.Err() == nil {
		// The kubelet ends pods that it does not know, if it notices them in time.
		s.Log.Warn("trying once more", "handler", handler, "error", err.Error())
		select {
		case <-ctx.Done():
		case <-time.After(s.TryPause):
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
	data, readErr := os.ReadFile(s.Host.Path(log))
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
	return fmt.Errorf("%w; it printed: %s", err, host.LastLines(strings.Join(lines, "\n")))
}

// removeCgroup removes the trials' cgroup, in each hierarchy of version 1.
func (s *Setup) removeCgroup() {
	base := s.Host.Path("/sys/fs/cgroup")
	dirs, _ := filepath.Glob(filepath.Join(base, "*", ownCgroup))
	for _, dir := range append(dirs, filepath.Join(base, ownCgroup)) {
		_ = os.Remove(dir) // a cgroup's directory goes only when it is empty
	}
}
