// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path"
	"slices"
	"time"
)

// Install brings the node to what the configuration asks for. Runtimes fail
// one by one: what can be installed is. Run again, it changes nothing.
func (s *Setup) Install(ctx context.Context) (Result, error) {
	unlock, err := s.begin(ctx)
	if err != nil {
		return Result{}, err
	}
	defer unlock()
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
	done, err := s.configure(ctx, handlers, failed)
	result := Result{Node: s.node, Failed: failed, Foreign: done.foreign}
	if err != nil {
		s.restorePrograms(nil)
		return result, err
	}
	// What was just brought was never tried.
	s.rest = s.rest && !changed && !done.changed
	result, err = s.verify(ctx)
	result.Changed, result.Foreign, result.Kept = changed || done.changed, done.foreign, done.kept
	for key, err := range failed {
		result.Failed[key] = err
		result.Ready = slices.DeleteFunc(result.Ready, func(ready string) bool { return ready == key })
	}
	if len(result.Failed) > 0 {
		s.restorePrograms(result.Failed)
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
	if err := s.dropPrograms(ctx, handlers, failed, done.kept); err != nil {
		return result, err
	}
	if s.state.Error != "" || result.Changed || s.news {
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
	// One that waits already is the last that worked: what took its place was
	// never seen to.
	if s.Host.Exists(to) && !s.Host.Exists(previousName(to)) {
		if err := os.Link(s.Host.path(to), s.Host.path(previousName(to))); err != nil {
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

// restorePrograms puts older programs of some runtimes back after a failure;
// of all of them where none is named.
func (s *Setup) restorePrograms(failed map[string]error) {
	for _, name := range sortedKeys(s.state.Binaries) {
		was := s.state.Binaries[name]
		if failed != nil && failed[was.Key] == nil || !s.Host.Exists(previousName(name)) {
			continue
		}
		// Said first: a run cut off between fetches the newer one again. A full
		// disk is no reason to keep what does not work.
		was.Source = ""
		s.state.Binaries[name] = was
		_ = s.saveState()
		if err := os.Rename(s.Host.path(previousName(name)), s.Host.path(name)); err != nil {
			s.Log.Error("putting the previous program back", "program", name, "error", err.Error())
		}
		s.Host.step("restored %s", name)
	}
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

// dropPrograms removes programs of runtimes that are no longer asked for, once
// nothing is configured to use them and no pod does.
func (s *Setup) dropPrograms(ctx context.Context, handlers []Handler, failed map[string]error, kept []string) error {
	var drop []string
	for _, name := range sortedKeys(s.state.Binaries) {
		if !slices.ContainsFunc(handlers, func(h Handler) bool { return h.Binary == name }) &&
			failed[s.state.Binaries[name].Key] == nil && !slices.Contains(kept, s.state.Binaries[name].Handler) {
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
