// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/handler"
)

// configured says what configure did.
type configured struct {
	changed       bool
	foreign, kept []string
}

// configure writes the configuration, restarts the container runtime, and checks the
// result. A handler under which no pod starts is removed again, for the sake of the
// others; any other failure restores the old configuration.
func (s *Setup) configure(ctx context.Context, handlers []handler.Handler, failed map[string]error) (done configured, err error) {
	taken := false
	for {
		before, edited, err := s.wish(ctx, handlers, failed)
		if err != nil {
			return done, err
		}
		done.foreign, done.kept = edited.Foreign, edited.Kept
		same := bytes.Equal(before, edited.Data)
		if same && s.state.Pending == nil {
			status, err := s.cri().Status(ctx)
			if err == nil && compare(status, edited.Added, nil) == nil || len(edited.Added) == 0 {
				return done, nil
			}
			// The file is right, but is not what runs: there has been no restart since.
		} else if !same {
			if err := s.validated(ctx, before, edited); err != nil {
				return done, err
			}
		}
		lacks := slices.DeleteFunc(s.owned(before), func(name string) bool {
			return name == "runc" || slices.Contains(slices.Concat(edited.Added, edited.Kept, edited.Foreign), name)
		})
		if err := s.apply(ctx, before, edited, lacks); err != nil {
			return done, err
		}
		bad := s.tryAll(ctx, edited.Added)
		if len(bad) == 0 {
			done.changed = !taken || len(edited.Added) > 0
			return done, s.settle()
		}
		taken = true
		for key, err := range bad {
			s.Log.Error("removing a handler again", "runtime", key, "reason", err.Error())
			failed[key] = fmt.Errorf("%w; rolled back: the configuration is without it, or as it was before", err)
		}
		s.restorePrograms(bad)
		handlers = slices.DeleteFunc(handlers, func(h handler.Handler) bool { return bad[h.Key] != nil })
	}
}

// wish returns the configuration as it should be: with the handlers that are requested,
// and with those of the old block that must not go yet.
func (s *Setup) wish(ctx context.Context, handlers []handler.Handler, failed map[string]error) ([]byte, handler.Edited, error) {
	file, err := s.Host.Read(s.node.Config)
	if err != nil {
		return nil, handler.Edited{}, err
	}
	keep, gone := map[string]any{}, map[string]any{}
	tables := s.tables(file)
	if s.state.Pending != nil {
		// What is in the file was never seen to work; what preceded it was.
		old, err := s.Host.Read(s.beforePath())
		if err != nil {
			return nil, handler.Edited{}, err
		}
		tables = s.tables(old)
	}
	for name, table := range tables {
		switch {
		case name == "runc" || slices.ContainsFunc(handlers, func(h handler.Handler) bool { return h.Name == name }):
		case s.hasFailed(name, failed):
			// Pods may run under it: a temporary failure must not remove a handler.
			keep[name] = table
		default:
			gone[name] = table
		}
	}
	if len(gone) > 0 {
		if s.Unlabel != nil {
			// Before anything is removed, so that no pod arrives meanwhile.
			if err := s.Unlabel(ctx, slices.Sorted(maps.Keys(s.Config.Runtimes))); err != nil {
				return nil, handler.Edited{}, fmt.Errorf("removing labels: %w", err)
			}
		}
		users, err := s.cri().Users(ctx)
		if err != nil {
			return nil, handler.Edited{}, err
		}
		for name, table := range gone {
			if n := users[name]; n > 0 {
				s.Log.Warn("a handler that is no longer requested stays while pods use it", "handler", name, "pods", n)
				keep[name] = table
			}
		}
	}
	return s.edit(ctx, handlers, keep)
}

func (s *Setup) hasFailed(handler string, failed map[string]error) bool {
	for key := range failed {
		if s.Config.Runtimes[key].Handler == handler {
			return true
		}
	}
	return false
}

// apply puts a configuration in place and waits until the container runtime
// runs with it.
func (s *Setup) apply(ctx context.Context, before []byte, edited handler.Edited, lacks []string) error {
	if err := s.canRestart(ctx); err != nil {
		return err
	}
	if err := s.replace(before, edited.Data); err != nil {
		return err
	}
	err := s.restart(ctx)
	if err == nil {
		err = s.wait(ctx, edited.Added, lacks)
	}
	if err != nil {
		return s.rollBack(err)
	}
	return nil
}

// tryAll starts a pod under each handler that was added.
func (s *Setup) tryAll(ctx context.Context, added []string) map[string]error {
	bad := map[string]error{}
	for _, key := range slices.Sorted(maps.Keys(s.Config.Runtimes)) {
		name := s.Config.Runtimes[key].Handler
		if !slices.Contains(added, name) {
			continue
		}
		if err := s.try(ctx, key); err != nil {
			bad[key] = fmt.Errorf("handler %q started no pod: %w", name, err)
		}
	}
	return bad
}
