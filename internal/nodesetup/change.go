// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/handler"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/marker"
)

// validated writes the new file beside the old one and checks it.
func (s *Setup) validated(ctx context.Context, before []byte, edited handler.Edited) error {
	name, err := s.Host.Resolve(s.node.Config)
	if err != nil {
		return err
	}
	defer s.Host.Discard(name)
	if err := s.Host.WriteTemp(name, bytes.NewReader(edited.Data), 0o644); err != nil {
		return writable(err)
	}
	return s.validate(ctx, before, edited)
}

// replace records what is about to happen, keeps the old file, and puts the new
// one in its place. A run that is cut off here has recorded what was there
// before it.
func (s *Setup) replace(before, data []byte) error {
	base, had, err := marker.Unwrap(before)
	if err != nil {
		return err
	}
	if !had && before != nil {
		if err := s.Host.Write(s.backupPath(), base, 0o600); err != nil {
			return writable(err)
		}
	}
	old, existed := before, before != nil
	if s.state.Pending != nil {
		if old, existed, err = s.rebased(base, before != nil); err != nil {
			return err
		}
	}
	stored, err := s.Host.Read(s.beforePath())
	if err != nil {
		return err
	}
	if s.state.Pending == nil || s.state.Pending.Existed != existed || !bytes.Equal(stored, old) {
		if err := s.Host.Write(s.beforePath(), old, 0o600); err != nil {
			return writable(err)
		}
		if s.state.Pending == nil {
			s.state.Created = s.state.Created || !existed
			s.state.Node = s.node
		} else if existed && !s.state.Pending.Existed {
			s.state.Created = false
		}
		s.state.Pending = &pending{Existed: existed}
		if err := s.saveState(); err != nil {
			return writable(err)
		}
	}
	return writable(s.put(data))
}

// rebased returns what to go back to after a run that was cut off: the block
// from before that run, in the file as it is now, which someone may have edited
// since.
func (s *Setup) rebased(base []byte, exists bool) (before []byte, existed bool, err error) {
	stored, err := s.Host.Read(s.beforePath())
	if err != nil {
		return nil, false, err
	}
	if !s.state.Pending.Existed {
		if s.empty(base) {
			return nil, false, nil
		}
		return base, exists, nil
	}
	block, had, err := marker.Content(stored)
	if err != nil {
		return nil, false, err
	}
	if !had {
		return base, exists || len(stored) > 0, nil
	}
	return marker.Wrap(base, string(block)), true, nil
}

// put writes the configuration, or removes the file if data is nil.
func (s *Setup) put(data []byte) error {
	if data == nil {
		return s.Host.Remove(s.node.Config)
	}
	return s.Host.Write(s.node.Config, data, 0o644)
}

// settle ends a change that is known to work.
func (s *Setup) settle() error {
	s.state.Pending, s.state.Error = nil, ""
	if err := s.saveState(); err != nil {
		return writable(err)
	}
	for _, name := range slices.Sorted(maps.Keys(s.state.Binaries)) {
		if err := s.Host.Remove(previousName(name)); err != nil {
			return writable(err)
		}
	}
	return s.Host.Remove(s.beforePath())
}

// rollBack restores what was there before the change, whatever else happens. Its error
// says why.
func (s *Setup) rollBack(cause error) error {
	s.Log.Error("rolling back", "reason", cause.Error())
	// With a time limit of its own: the caller's may be what ran out.
	ctx, cancel := context.WithTimeout(context.Background(), 3*s.Config.RestartTimeout)
	defer cancel()
	failed := func(err error) error {
		return fmt.Errorf("%w; restoring the old configuration also failed: %w (a copy is in %q)", cause, err, s.beforePath())
	}
	before, err := s.Host.Read(s.beforePath())
	if err != nil {
		return failed(err)
	}
	if !s.state.Pending.Existed {
		before, s.state.Created = nil, false
	} else if before == nil {
		return failed(fmt.Errorf("%q is gone", s.beforePath()))
	}
	if err := s.put(before); err != nil {
		return failed(err)
	}
	s.restorePrograms(nil)
	if err := s.restart(ctx); err != nil {
		return fmt.Errorf("%w; the old configuration is back in place, but the container runtime was not restarted: %w", cause, err)
	}
	if err := s.wait(ctx, nil, nil); err != nil {
		return fmt.Errorf("%w; the old configuration is back in place, but: %w", cause, err)
	}
	if err := s.settle(); err != nil {
		return failed(err)
	}
	return fmt.Errorf("%w; rolled back: the old configuration is in place and the container runtime is ready", cause)
}
