// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/containerd"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/handler"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/node"
)

// ErrInUse says that pods run under a handler that is to be removed.
var ErrInUse = errors.New("pods still run under handlers of node setup")

// Uninstall removes everything in the safe order: first the configuration,
// then a restart, and last the programs, which containerd needs to end what
// runs. Unless forced, it refuses while pods use the handlers.
func (s *Setup) Uninstall(ctx context.Context, force bool) (Result, error) {
	unlock, err := s.begin(ctx)
	if err != nil {
		return Result{}, err
	}
	defer unlock()
	// The file that was changed, whichever would be chosen today.
	if s.state.Node.Config != "" {
		s.node.Config, s.node.Form, s.node.Main = s.state.Node.Config, s.state.Node.Form, s.state.Node.Main
	}
	if err := s.sweep(); err != nil {
		return Result{}, err
	}
	result := Result{Node: s.node}
	before, err := s.Host.Read(s.node.Config)
	if err != nil {
		return result, err
	}
	base, had, err := containerd.Remove(before)
	if err != nil {
		return result, fmt.Errorf("configuration %q: %w: it was left as it is", s.node.Config, err)
	}
	owned := slices.DeleteFunc(s.owned(before), func(name string) bool { return name == "runc" })
	if !force {
		if err := s.unused(ctx, owned); err != nil {
			return result, err
		}
	}
	if had || s.state.Pending != nil {
		if (s.state.Created || s.node.Form == node.DropIn || s.node.Form == node.CRIO) && s.empty(base) {
			base = nil
		}
		if err := s.deconfigure(ctx, before, base, owned); err != nil {
			return result, err
		}
		result.Changed = true
	}
	for _, name := range slices.Sorted(maps.Keys(s.state.Binaries)) {
		if err := errors.Join(s.Host.Remove(name), s.Host.Remove(previousName(name))); err != nil {
			return result, err
		}
		result.Changed = true
	}
	return result, s.forget()
}

// empty reports whether nothing is left of a file that node setup made.
func (s *Setup) empty(base []byte) bool {
	text := strings.TrimSpace(string(base))
	return text == "" || s.node.Form == node.Template && text == `{{ template "base" . }}`
}

// unused refuses to remove handlers that pods use.
func (s *Setup) unused(ctx context.Context, owned []string) error {
	users, err := s.cri().Users(ctx)
	if err != nil {
		return fmt.Errorf("looking for pods that use the handlers: %w (--force skips this check)", err)
	}
	var using []string
	for _, name := range owned {
		if users[name] > 0 {
			using = append(using, fmt.Sprintf("%d under %q", users[name], name))
		}
	}
	if len(using) > 0 {
		return fmt.Errorf("%w: %s: delete or drain them first, or use --force", ErrInUse, strings.Join(using, ", "))
	}
	return nil
}

// deconfigure removes the block from the configuration and restarts.
func (s *Setup) deconfigure(ctx context.Context, before, base []byte, owned []string) error {
	if !bytes.Equal(before, base) && base != nil {
		if err := s.validated(ctx, before, handler.Edited{Data: base, Runc: slices.Contains(s.owned(before), "runc")}); err != nil {
			return err
		}
	}
	if err := s.canRestart(ctx); err != nil {
		return err
	}
	if err := s.replace(before, base); err != nil {
		return err
	}
	err := s.restart(ctx)
	if err == nil {
		err = s.wait(ctx, nil, owned)
	}
	if err != nil {
		return s.rollBack(err)
	}
	return s.settle()
}

// forget removes what node setup kept for itself. The state goes last, so that
// the run after one that is cut off still knows what node setup owns.
func (s *Setup) forget() error {
	for _, name := range []string{s.beforePath(), s.backupPath(), s.statePath()} {
		if err := s.Host.Remove(name); err != nil {
			return writable(err)
		}
	}
	s.Host.RemoveEmpty(path.Dir(s.backupPath()))
	if err := os.Remove(s.Host.Path(path.Join(s.Config.StateDir, "lock"))); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return writable(err)
	}
	s.Host.RemoveEmpty(s.Config.StateDir, path.Dir(s.Config.StateDir))
	s.Host.RemoveEmpty(s.Config.BinDir, path.Dir(s.Config.BinDir))
	return nil
}
