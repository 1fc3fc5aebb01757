// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"bytes"
	"context"
	"fmt"
	"time"
)

// look asks containerd what it makes of its configuration without our block:
// handlers and cgroup drivers may stand in imported files, or be containerd's
// own defaults.
func (s *Setup) look(ctx context.Context) (err error) {
	if s.seen != nil {
		return nil
	}
	if s.node.Form == CRIO {
		s.seen, err = s.crioTree()
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
	base, had, err := unwrap(main)
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
		return fmt.Errorf("containerd cannot read its configuration %q as it is now: mend it first: %w", s.node.Main, err)
	}
	if s.node.Form == DropIn {
		// The main file takes in our drop-in as well.
		drop, err := s.Host.Read(s.node.Config)
		if err != nil {
			return err
		}
		for _, name := range s.owned(drop) {
			delete(runtimesOf(seen), name)
		}
	}
	s.seen = seen
	return nil
}

// systemd says that systemd manages the node's cgroups.
func (s *Setup) systemd() bool {
	if s.node.Form == CRIO {
		manager, ok := at(s.seen, "crio", "runtime")["cgroup_manager"].(string)
		return !ok || manager == "systemd"
	}
	seen := s.seen
	if len(seen) == 0 {
		seen = s.tree
	}
	return systemdCgroup(criOf(seen))
}

// dump is what containerd makes of a configuration.
func (s *Setup) dump(ctx context.Context, config []byte) (map[string]any, error) {
	text, err := s.dumpText(ctx, config)
	if err != nil {
		return nil, err
	}
	return parseTOML([]byte(text))
}

func (s *Setup) dumpText(ctx context.Context, config []byte) (string, error) {
	main, err := s.Host.resolve(s.node.Main)
	if err != nil {
		return "", err
	}
	// In the same directory: imports may be relative.
	scratch := scratchName(main)
	defer s.Host.discard(scratch)
	if err := s.Host.writeTemp(scratch, bytes.NewReader(config), 0o600); err != nil {
		return "", writable(err)
	}
	return s.containerdDump(ctx, tempName(scratch))
}

func (s *Setup) dumpFile(ctx context.Context, name string) (map[string]any, error) {
	text, err := s.containerdDump(ctx, name)
	if err != nil {
		return nil, err
	}
	return parseTOML([]byte(text))
}

func (s *Setup) containerdDump(ctx context.Context, name string) (string, error) {
	argv := append(append([]string(nil), s.node.Containerd...), "--config", name, "config", "dump")
	return s.Host.Run(ctx, 30*time.Second, argv...)
}
