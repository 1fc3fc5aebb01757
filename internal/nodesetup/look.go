// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/containerd"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/crio"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/host"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/marker"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/node"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/tomltree"
)

// look asks containerd how it understands its configuration without node setup's
// block: handlers and cgroup drivers may be in imported files, or be containerd's
// own defaults.
func (s *Setup) look(ctx context.Context) (err error) {
	if s.seen != nil {
		return nil
	}
	if s.node.Form == node.CRIO {
		s.seen, err = crio.Tree(s.Host, s.node.Main, s.node.Config)
		return err
	}
	main, err := s.Host.Read(s.node.Main)
	if err != nil {
		return err
	}
	if main == nil {
		s.seen = map[string]any{}
		return nil
	}
	base, had, err := marker.Unwrap(main)
	if err != nil {
		return err
	}
	var seen map[string]any
	if had {
		seen, err = s.dump(ctx, base)
	} else {
		seen, err = s.dumpFile(ctx, s.node.Main)
	}
	if err != nil {
		return fmt.Errorf("containerd cannot read its configuration %q as it is now: repair it first: %w", s.node.Main, err)
	}
	if s.node.Form == node.DropIn {
		// The main file imports node setup's drop-in as well.
		drop, err := s.Host.Read(s.node.Config)
		if err != nil {
			return err
		}
		for _, name := range s.owned(drop) {
			delete(containerd.Runtimes(seen), name)
		}
	}
	s.seen = seen
	return nil
}

// systemd reports whether systemd manages the node's cgroups.
func (s *Setup) systemd() bool {
	if s.node.Form == node.CRIO {
		return crio.Systemd(s.seen)
	}
	seen := s.seen
	if len(seen) == 0 {
		seen = s.tree
	}
	return containerd.SystemdCgroup(containerd.Section(seen))
}

// dump returns how containerd understands a configuration.
func (s *Setup) dump(ctx context.Context, config []byte) (map[string]any, error) {
	text, err := s.dumpText(ctx, config)
	if err != nil {
		return nil, err
	}
	return tomltree.Parse([]byte(text))
}

func (s *Setup) dumpText(ctx context.Context, config []byte) (string, error) {
	main, err := s.Host.Resolve(s.node.Main)
	if err != nil {
		return "", err
	}
	// In the same directory, because imports may be relative.
	scratch := scratchName(main)
	defer s.Host.Discard(scratch)
	if err := s.Host.WriteTemp(scratch, bytes.NewReader(config), 0o600); err != nil {
		return "", writable(err)
	}
	return s.containerdDump(ctx, host.TempName(scratch))
}

func (s *Setup) dumpFile(ctx context.Context, name string) (map[string]any, error) {
	text, err := s.containerdDump(ctx, name)
	if err != nil {
		return nil, err
	}
	return tomltree.Parse([]byte(text))
}

func (s *Setup) containerdDump(ctx context.Context, name string) (string, error) {
	argv := append(slices.Clone(s.node.Containerd), "--config", name, "config", "dump")
	return s.Host.Run(ctx, 30*time.Second, argv...)
}
