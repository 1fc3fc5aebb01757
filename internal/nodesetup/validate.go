// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"time"

	"github.com/pelletier/go-toml/v2"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/containerd"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/crio"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/handler"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/host"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/marker"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/node"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/tomltree"
)

// validate has containerd itself read the new configuration before it replaces
// the old one, and compares how it understands both: the handlers are there and
// nothing else is different.
func (s *Setup) validate(ctx context.Context, before []byte, edited handler.Edited) error {
	if s.node.Form == node.CRIO {
		if len(edited.Data) == 0 {
			return nil
		}
		return s.validateCRIO(ctx)
	}
	old, new := before, edited.Data
	if s.node.Form == node.Template {
		rendered, err := s.Host.Read(s.node.Main)
		if err != nil {
			return err
		}
		base, _, err := marker.Unwrap(rendered)
		if err != nil {
			return err
		}
		plain, _, err := marker.Unwrap(new)
		if err != nil {
			return err
		}
		old, new = rendered, append(bytes.Clone(base), new[len(plain):]...)
	}
	if s.node.Form == node.DropIn {
		// A scratch file that imports the node's own file and the drop-in.
		temp, err := s.Host.Resolve(s.node.Config)
		if err != nil {
			return err
		}
		version, ok := s.tree["version"].(int64)
		if !ok {
			version = s.node.Version.FileVersion()
		}
		old = fmt.Appendf(nil, "version = %d\nimports = [%q]\n", version, s.node.Main)
		new = fmt.Appendf(nil, "version = %d\nimports = [%q, %q]\n", version, s.node.Main, host.TempName(temp))
		if len(edited.Data) == 0 {
			new = old
		} else if s.node.Distribution == "k0s" && !s.node.Version.MergesImports() {
			// k0s merges drop-ins itself, into a file that its own imports.
			text, err := s.dumpFile(ctx, s.node.Main)
			if err != nil {
				return fmt.Errorf("containerd cannot read its configuration %q as it is now: repair it first: %w", s.node.Main, err)
			}
			drop, err := tomltree.Parse(edited.Data)
			if err != nil {
				return err
			}
			if old, err = toml.Marshal(text); err != nil {
				return err
			}
			if new, err = toml.Marshal(tomltree.Merge(text, map[string]any{"plugins": drop["plugins"]})); err != nil {
				return err
			}
		}
	}
	was, err := s.dump(ctx, old)
	if err != nil {
		return fmt.Errorf("containerd cannot read its configuration %q as it is now: repair it first: %w", s.node.Main, err)
	}
	is, err := s.dump(ctx, new)
	if err != nil {
		return fmt.Errorf("containerd refuses the new configuration; %q was left as it is: %w", s.node.Config, err)
	}
	mine := slices.Concat(edited.Added, edited.Kept, s.owned(before))
	if edited.Runc {
		// Written out where it was implied before, with the same meaning.
		mine = append(mine, "runc")
	}
	runtimes := containerd.Runtimes(is)
	for _, name := range append([]string{"runc"}, edited.Added...) {
		if _, had := containerd.Runtimes(was)["runc"]; name == "runc" && !had {
			continue
		}
		if _, ok := runtimes[name]; !ok {
			return fmt.Errorf("containerd reads the new configuration without the handler %q: "+
				"another file that %q imports replaces the whole section; add the handlers there by hand", name, s.node.Main)
		}
	}
	if !tomltree.Equal(containerd.Without(was, mine), containerd.Without(is, mine)) {
		return fmt.Errorf("containerd reads more changes from the new configuration than the handlers %q; "+
			"%q was left as it is: add them by hand", edited.Added, s.node.Config)
	}
	return nil
}

// validateCRIO has CRI-O itself read the new drop-in, where its program is found.
func (s *Setup) validateCRIO(ctx context.Context) error {
	program, err := s.Host.LookPath("crio")
	if err != nil {
		s.Log.Info("no crio program on the node: CRI-O reads the new file only at its next start")
		return nil
	}
	name, err := s.Host.Resolve(s.node.Config)
	if err != nil {
		return err
	}
	// The command prints the configuration, and fails on what it cannot use.
	if _, err := s.Host.Run(ctx, 30*time.Second, program, "--config", host.TempName(name), "config"); err != nil {
		return fmt.Errorf("CRI-O refuses the new configuration; %q was left as it is: %w", s.node.Config, err)
	}
	return nil
}

// owned returns the handlers in the block that is in the file already.
func (s *Setup) owned(file []byte) []string { return slices.Sorted(maps.Keys(s.tables(file))) }

// tables returns those handlers with their tables.
func (s *Setup) tables(file []byte) map[string]any {
	start, end, err := marker.Find(file)
	if err != nil || start < 0 {
		return nil
	}
	// The block alone is TOML, even where the file around it is a template.
	tree, err := tomltree.Parse(file[start:end])
	if err != nil {
		return nil
	}
	if s.node.Form == node.CRIO {
		return crio.Runtimes(tree)
	}
	return containerd.Runtimes(tree)
}

// scratchName returns a name beside a file, for what only containerd reads.
func scratchName(main string) string {
	return path.Join(path.Dir(main), "check-"+path.Base(main))
}
