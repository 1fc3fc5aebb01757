// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path"
	"runtime"
	"slices"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/fetch"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/handler"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/host"
)

// Install makes the node what the configuration asks for. Runtimes fail one
// by one: whatever can be installed is. A second run changes nothing.
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
		// This error is what counts, even if a full disk keeps it from being saved.
		_ = s.saveState()
		return result, err
	}
	return result, nil
}

func (s *Setup) install(ctx context.Context) (Result, error) {
	handlers, fetched, failed := s.handlers()
	changed := false
	for _, key := range slices.Sorted(maps.Keys(fetched)) {
		did, err := s.binary(ctx, key, fetched[key])
		if err != nil {
			failed[key] = writable(err)
			// A program that was installed before keeps working.
			if _, had := s.state.Binaries[fetched[key]]; !had || !s.Host.Exists(fetched[key]) {
				handlers = slices.DeleteFunc(handlers, func(h handler.Handler) bool { return h.Key == key })
			}
		}
		changed = changed || did
	}
	handlers = slices.DeleteFunc(handlers, func(h handler.Handler) bool {
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
	// What begins here is finished: a signal to stop is not a reason to restart
	// the container runtime twice.
	ctx = context.WithoutCancel(ctx)
	done, err := s.configure(ctx, handlers, failed)
	result := Result{Node: s.node, Failed: failed, Foreign: done.foreign}
	if err != nil {
		s.restorePrograms(nil)
		return result, err
	}
	// What has just been installed was never tried.
	s.SkipTried = s.SkipTried && !changed && !done.changed
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
	for _, name := range slices.Sorted(maps.Keys(s.state.Binaries)) {
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

// binary installs one program on the node, unless what its source names is there already.
func (s *Setup) binary(ctx context.Context, key, to string) (bool, error) {
	from := s.Config.Runtimes[key]
	if had, ok := s.state.Binaries[to]; ok && had.Source == from.Identity(runtime.GOARCH) && s.Host.Exists(to) {
		return false, nil
	}
	if _, ours := s.state.Binaries[to]; !ours && s.Host.Exists(to) {
		return false, fmt.Errorf("runtime %q: %q is on the node already and node setup did not put it there: "+
			"move it away, or use it by path", key, to)
	}
	s.Log.Info("fetching a runtime", "runtime", key, "to", to)
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	defer s.Host.Discard(to)
	fetcher := fetch.Fetcher{Host: s.Host, StateDir: s.Config.StateDir, HTTP: s.HTTP}
	if err := fetcher.Program(ctx, key, from, to); err != nil {
		return false, err
	}
	// Recorded beforehand, so that uninstall knows of the program. The source is
	// recorded afterwards, so that a run that is cut off in between fetches
	// again.
	s.state.Binaries[to] = program{Key: key, Handler: from.Handler}
	if err := s.saveState(); err != nil {
		return false, err
	}
	// A previous program that is there already is the last one that worked: what
	// replaced it was never seen to.
	if s.Host.Exists(to) && !s.Host.Exists(previousName(to)) {
		if err := os.Link(s.Host.Path(to), s.Host.Path(previousName(to))); err != nil {
			return false, err
		}
		s.Host.Note("kept previous %s", to)
	}
	if err := s.Host.Commit(to); err != nil {
		return false, err
	}
	s.state.Binaries[to] = program{Key: key, Handler: from.Handler, Source: from.Identity(runtime.GOARCH)}
	return true, s.saveState()
}

// previousName returns where an older program waits until the new one has
// worked.
func previousName(name string) string {
	return path.Join(path.Dir(name), host.TempPrefix+path.Base(name)+".previous")
}

// restorePrograms restores the older programs of the runtimes that failed; of all runtimes
// if failed is nil.
func (s *Setup) restorePrograms(failed map[string]error) {
	for _, name := range slices.Sorted(maps.Keys(s.state.Binaries)) {
		was := s.state.Binaries[name]
		if failed != nil && failed[was.Key] == nil || !s.Host.Exists(previousName(name)) {
			continue
		}
		// Recorded first: a run that is cut off in between fetches the newer one
		// again. A full disk is not a reason to keep what does not work.
		was.Source = ""
		s.state.Binaries[name] = was
		_ = s.saveState()
		if err := os.Rename(s.Host.Path(previousName(name)), s.Host.Path(name)); err != nil {
			s.Log.Error("restoring the previous program", "program", name, "error", err.Error())
		}
		s.Host.Note("restored %s", name)
	}
}

// probe starts a program just to see that it runs on this node at all.
func (s *Setup) probe(ctx context.Context, h handler.Handler) error {
	flag := "-v"
	if h.IsCrun() {
		flag = "--version"
	}
	text, err := s.Host.Run(ctx, 20*time.Second, h.Binary, flag)
	if err != nil {
		return fmt.Errorf("runtime %q: %q does not run on this node: %w", h.Key, h.Binary, err)
	}
	if h.IsCrun() && !bytes.Contains([]byte(text), []byte("+WASM")) {
		return fmt.Errorf(
			"runtime %q: %q was built without a Wasm engine (crun --version shows no +WASM): use another build",
			h.Key, h.Binary,
		)
	}
	return nil
}

// dropPrograms removes the programs of runtimes that are no longer requested,
// once no handler is configured to use them and no pod uses them.
func (s *Setup) dropPrograms(ctx context.Context, handlers []handler.Handler, failed map[string]error, kept []string) error {
	var drop []string
	for _, name := range slices.Sorted(maps.Keys(s.state.Binaries)) {
		if !slices.ContainsFunc(handlers, func(h handler.Handler) bool { return h.Binary == name }) &&
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
