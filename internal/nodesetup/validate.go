// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"bytes"
	"context"
	"fmt"
	"path"

	"github.com/pelletier/go-toml/v2"
)

// validate lets containerd itself read the new configuration, before it takes
// the old one's place, and compares what it understood: our handlers are there
// and nothing else is different.
func (s *Setup) validate(ctx context.Context, before []byte, edited Edited) error {
	if s.node.Form == CRIO {
		if len(edited.Data) == 0 {
			return nil
		}
		return s.crioReads(ctx)
	}
	old, new := before, edited.Data
	if s.node.Form == Template {
		rendered, err := s.Host.Read(s.node.Main)
		if err != nil {
			return err
		}
		base, _, err := unwrap(rendered)
		if err != nil {
			return err
		}
		plain, _, err := unwrap(new)
		if err != nil {
			return err
		}
		old, new = rendered, append(bytes.Clone(base), new[len(plain):]...)
	}
	if s.node.Form == DropIn {
		// A scratch file that takes in the node's own and the drop-in.
		temp, err := s.Host.resolve(s.node.Config)
		if err != nil {
			return err
		}
		version, ok := s.tree["version"].(int64)
		if !ok {
			version = s.node.Version.fileVersion()
		}
		old = fmt.Appendf(nil, "version = %d\nimports = [%q]\n", version, s.node.Main)
		new = fmt.Appendf(nil, "version = %d\nimports = [%q, %q]\n", version, s.node.Main, tempName(temp))
		if len(edited.Data) == 0 {
			new = old
		} else if s.node.Distribution == "k0s" && !s.node.Version.mergesImports() {
			// k0s merges drop-ins itself, into a file that its own imports.
			text, err := s.dumpFile(ctx, s.node.Main)
			if err != nil {
				return fmt.Errorf("containerd cannot read its configuration %q as it is now: mend it first: %w", s.node.Main, err)
			}
			drop, err := parseTOML(edited.Data)
			if err != nil {
				return err
			}
			if old, err = toml.Marshal(text); err != nil {
				return err
			}
			if new, err = toml.Marshal(with(text, map[string]any{"plugins": drop["plugins"]})); err != nil {
				return err
			}
		}
	}
	was, err := s.dump(ctx, old)
	if err != nil {
		return fmt.Errorf("containerd cannot read its configuration %q as it is now: mend it first: %w", s.node.Main, err)
	}
	is, err := s.dump(ctx, new)
	if err != nil {
		return fmt.Errorf("containerd refuses the new configuration; %q was left as it is: %w", s.node.Config, err)
	}
	mine := append(append([]string(nil), edited.Added...), edited.Kept...)
	if mine = append(mine, s.owned(before)...); edited.Runc {
		// Written out where it was implied before, with the same meaning.
		mine = append(mine, "runc")
	}
	runtimes, rest := split(is, mine)
	for _, name := range append([]string{"runc"}, edited.Added...) {
		if _, had := runtimesOf(was)["runc"]; name == "runc" && !had {
			continue
		}
		if _, ok := runtimes[name]; !ok {
			return fmt.Errorf("containerd reads the new configuration without the handler %q: another file that %q imports replaces the whole section; add the handlers there by hand", name, s.node.Main)
		}
	}
	if _, old := split(was, mine); !equal(old, rest) {
		return fmt.Errorf("containerd reads more changes from the new configuration than the handlers %q; %q was left as it is: add them by hand", edited.Added, s.node.Config)
	}
	return nil
}

// owned are the handlers in the block that is in the file already.
func (s *Setup) owned(file []byte) []string { return sortedKeys(s.tables(file)) }

// tables are those handlers with what is written of them.
func (s *Setup) tables(file []byte) map[string]any {
	start, end, err := blockOf(file)
	if err != nil || start < 0 {
		return nil
	}
	// The block alone is TOML, also where the file around it is a template.
	tree, err := parseTOML(file[start:end])
	if err != nil {
		return nil
	}
	if s.node.Form == CRIO {
		return at(tree, "crio", "runtime", "runtimes")
	}
	return runtimesOf(tree)
}

// scratchName is beside a file, for what only containerd reads.
func scratchName(main string) string {
	return path.Join(path.Dir(main), "check-"+path.Base(main))
}

// criOf finds the table about containerd in whichever version it is written.
func criOf(tree map[string]any) map[string]any {
	for _, plugin := range []string{"io.containerd.cri.v1.runtime", "io.containerd.grpc.v1.cri", "cri"} {
		if section := at(tree, "plugins", plugin, "containerd"); at(section, "runtimes") != nil {
			return section
		}
	}
	return nil
}

// runtimesOf finds the table of runtimes.
func runtimesOf(tree map[string]any) map[string]any { return at(criOf(tree), "runtimes") }

// split takes runtimes and what describes the file itself out of a dump.
func split(tree map[string]any, names []string) (runtimes, rest map[string]any) {
	runtimes = runtimesOf(tree)
	var cut func(tree map[string]any) map[string]any
	cut = func(tree map[string]any) map[string]any {
		out := map[string]any{}
		for key, value := range tree {
			if table, ok := value.(map[string]any); ok {
				value = cut(table)
			}
			out[key] = value
		}
		return out
	}
	rest = cut(tree)
	delete(rest, "imports")
	left := runtimesOf(rest)
	for _, name := range names {
		delete(left, name)
	}
	return runtimes, rest
}
