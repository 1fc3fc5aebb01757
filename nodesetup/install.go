// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"time"
)

// Install brings the node to what the configuration asks for. Runtimes fail
// one by one: what can be installed is. Run again, it changes nothing.
func (s *Setup) Install(ctx context.Context) (Result, error) {
	unlock, err := s.lock()
	if err != nil {
		return Result{}, err
	}
	defer unlock()
	if err := s.loadState(); err != nil {
		return Result{}, err
	}
	if err := s.detect(ctx); err != nil {
		return Result{}, err
	}
	if err := s.sweep(); err != nil {
		return Result{}, err
	}
	result, err := s.install(ctx)
	if err != nil {
		s.state.Error = err.Error()
		// The first error counts; a full disk keeps this one from being saved.
		_ = s.saveState()
		return result, err
	}
	return result, nil
}

func (s *Setup) install(ctx context.Context) (Result, error) {
	handlers, fetched, failed := s.handlers()
	changed := false
	for _, key := range sortedKeys(fetched) {
		did, err := s.binary(ctx, key, fetched[key])
		if err != nil {
			failed[key] = writable(err)
			// One that was installed before keeps working.
			if _, had := s.state.Binaries[fetched[key]]; !had || !s.Host.Exists(fetched[key]) {
				handlers = slices.DeleteFunc(handlers, func(h Handler) bool { return h.Key == key })
			}
		}
		changed = changed || did
	}
	handlers = slices.DeleteFunc(handlers, func(h Handler) bool {
		if failed[h.Key] != nil {
			return false
		}
		if err := s.probe(ctx, h); err != nil {
			failed[h.Key] = err
			return true
		}
		return false
	})
	if err := ctx.Err(); err != nil {
		return Result{Node: s.node, Failed: failed}, err
	}
	// What was begun from here on is finished: a signal to stop is no reason
	// to restart the container runtime twice.
	ctx = context.WithoutCancel(ctx)
	did, foreign, err := s.configure(ctx, handlers, failed)
	if err != nil {
		s.restorePrograms()
		return Result{Node: s.node, Failed: failed, Foreign: foreign}, err
	}
	result, err := s.verify(ctx)
	result.Changed, result.Foreign = changed || did, foreign
	for key, err := range failed {
		result.Failed[key] = err
		result.Ready = slices.DeleteFunc(result.Ready, func(ready string) bool { return ready == key })
	}
	if len(result.Failed) > 0 && s.restorePrograms() {
		if err := s.saveState(); err != nil {
			return result, writable(err)
		}
	}
	if err != nil {
		return result, err
	}
	for _, name := range sortedKeys(s.state.Binaries) {
		if s.Host.Exists(previousName(name)) {
			if err := s.Host.Remove(previousName(name)); err != nil {
				return result, writable(err)
			}
		}
	}
	if err := s.dropPrograms(ctx, handlers, failed); err != nil {
		return result, err
	}
	if s.state.Error != "" || result.Changed {
		s.state.Error = ""
		if err := s.saveState(); err != nil {
			return result, writable(err)
		}
	}
	return result, nil
}

// binary brings one program to the node, if what its source names is not
// there already.
func (s *Setup) binary(ctx context.Context, key, to string) (bool, error) {
	from := s.Config.Runtimes[key]
	if had, ok := s.state.Binaries[to]; ok && had.Source == from.identity() && s.Host.Exists(to) {
		return false, nil
	}
	if _, ours := s.state.Binaries[to]; !ours && s.Host.Exists(to) {
		return false, fmt.Errorf("runtime %q: %q is on the node already and node setup did not put it there: move it away, or use it by path", key, to)
	}
	s.Log.Info("fetching a runtime", "runtime", key, "to", to)
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	defer s.Host.discard(to)
	if err := s.fetch(ctx, key, from, to); err != nil {
		return false, err
	}
	// Said before it is done, so that uninstall knows of it. The source is
	// said afterwards, so that a run cut off between fetches again.
	s.state.Binaries[to] = program{Key: key, Handler: from.Handler}
	if err := s.saveState(); err != nil {
		return false, err
	}
	if s.Host.Exists(to) {
		previous := s.Host.path(previousName(to))
		if err := os.Remove(previous); err != nil && !errors.Is(err, os.ErrNotExist) {
			return false, err
		}
		if err := os.Link(s.Host.path(to), previous); err != nil {
			return false, err
		}
		s.Host.step("kept previous %s", to)
	}
	if err := s.Host.commit(to); err != nil {
		return false, err
	}
	s.state.Binaries[to] = program{Key: key, Handler: from.Handler, Source: from.identity()}
	return true, s.saveState()
}

// previousName is where an older program waits until the new one has worked.
func previousName(name string) string {
	return path.Join(path.Dir(name), tempPrefix+path.Base(name)+".previous")
}

// restorePrograms puts older programs back after a failure.
func (s *Setup) restorePrograms() (did bool) {
	for _, name := range sortedKeys(s.state.Binaries) {
		if os.Rename(s.Host.path(previousName(name)), s.Host.path(name)) == nil {
			was := s.state.Binaries[name]
			was.Source = ""
			s.state.Binaries[name] = was
			did = true
		}
	}
	return did
}

// probe starts a program far enough to see that it runs on this node at all.
func (s *Setup) probe(ctx context.Context, h Handler) error {
	flag := "-v"
	if h.isCrun() {
		flag = "--version"
	}
	text, err := s.Host.Run(ctx, 20*time.Second, h.Binary, flag)
	if err != nil {
		return fmt.Errorf("runtime %q: %q does not run on this node: %w", h.Key, h.Binary, err)
	}
	if h.isCrun() && !bytes.Contains([]byte(text), []byte("+WASM")) {
		return fmt.Errorf("runtime %q: %q was built without a Wasm engine (crun --version shows no +WASM): use another build", h.Key, h.Binary)
	}
	return nil
}

// configure writes the configuration, restarts, and looks; what goes wrong is
// taken back.
func (s *Setup) configure(ctx context.Context, handlers []Handler, failed map[string]error) (bool, []string, error) {
	before, edited, err := s.edit(handlers)
	if err != nil {
		return false, nil, err
	}
	for _, key := range sortedKeys(failed) {
		if name := s.Config.Runtimes[key].Handler; slices.Contains(s.owned(before), name) && !slices.Contains(edited.Added, name) {
			// Pods may run under it: a passing trouble takes no handler away.
			s.Log.Warn("the configuration stays as it is: a runtime in it cannot be renewed", "runtime", key, "error", failed[key].Error())
			return false, edited.Foreign, nil
		}
	}
	lacks := slices.DeleteFunc(s.owned(before), func(name string) bool {
		return name == "runc" || slices.Contains(edited.Added, name) || slices.Contains(edited.Foreign, name)
	})
	if bytes.Equal(before, edited.Data) && s.state.Pending == nil {
		status, err := s.cri().Status(ctx)
		if err == nil && compare(status, edited.Added, nil) == nil {
			return false, edited.Foreign, nil
		}
		if len(edited.Added) == 0 {
			return false, edited.Foreign, nil
		}
		// Right on disk, but not what runs: it was not restarted since.
	} else if !bytes.Equal(before, edited.Data) {
		if err := s.validated(ctx, before, edited); err != nil {
			return false, edited.Foreign, err
		}
	}
	if err := s.replace(before, edited.Data); err != nil {
		return false, edited.Foreign, err
	}
	err = s.restart(ctx)
	if err == nil {
		err = s.wait(ctx, edited.Added, lacks)
	}
	if err == nil && s.Config.Try {
		for _, name := range edited.Added {
			if tryErr := s.cri().Try(ctx, name); tryErr != nil {
				err = errors.Join(err, fmt.Errorf("handler %q started no pod: %w", name, tryErr))
			}
		}
	}
	if err != nil {
		return false, edited.Foreign, s.rollBack(err)
	}
	return true, edited.Foreign, s.settle()
}

// dropPrograms removes programs of runtimes that are no longer asked for, once
// nothing is configured to use them and no pod does.
func (s *Setup) dropPrograms(ctx context.Context, handlers []Handler, failed map[string]error) error {
	var drop []string
	for _, name := range sortedKeys(s.state.Binaries) {
		if !slices.ContainsFunc(handlers, func(h Handler) bool { return h.Binary == name }) && failed[s.state.Binaries[name].Key] == nil {
			drop = append(drop, name)
		}
	}
	if len(drop) == 0 {
		return nil
	}
	users, err := s.cri().Users(ctx)
	if err != nil {
		return err
	}
	for _, name := range drop {
		if n := users[s.state.Binaries[name].Handler]; n > 0 {
			s.Log.Warn("a program stays while pods use it", "program", name, "pods", n)
			continue
		}
		if err := s.Host.Remove(name); err != nil {
			return writable(err)
		}
		delete(s.state.Binaries, name)
		if err := s.saveState(); err != nil {
			return writable(err)
		}
	}
	return nil
}
