// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path"
	"time"
)

// validate lets containerd itself read the new configuration, before it takes
// the old one's place, and compares what it understood: our handlers are there
// and nothing else is different.
func (s *Setup) validate(ctx context.Context, before []byte, edited Edited) error {
	if s.node.Form == CRIO {
		return nil
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
	mine := append([]string(nil), edited.Added...)
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
func (s *Setup) owned(file []byte) []string {
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
		return sortedKeys(at(tree, "crio", "runtime", "runtimes"))
	}
	return sortedKeys(runtimesOf(tree))
}

// dump is what containerd makes of a configuration.
func (s *Setup) dump(ctx context.Context, config []byte) (map[string]any, error) {
	main, err := s.Host.resolve(s.node.Main)
	if err != nil {
		return nil, err
	}
	// In the same directory: imports may be relative.
	scratch := path.Join(path.Dir(main), "check-"+path.Base(main))
	if err := s.Host.writeTemp(scratch, bytes.NewReader(config), 0o600); err != nil {
		return nil, writable(err)
	}
	defer os.Remove(s.Host.path(tempName(scratch)))
	argv := append(append([]string(nil), s.node.Containerd...), "--config", tempName(scratch), "config", "dump")
	text, err := s.Host.Run(ctx, 30*time.Second, argv...)
	if err != nil {
		return nil, err
	}
	return parseTOML([]byte(text))
}

// runtimesOf finds the table of runtimes in whichever version it is written.
func runtimesOf(tree map[string]any) map[string]any {
	for _, plugin := range []string{"io.containerd.cri.v1.runtime", "io.containerd.grpc.v1.cri", "cri"} {
		if runtimes := at(tree, "plugins", plugin, "containerd", "runtimes"); runtimes != nil {
			return runtimes
		}
	}
	return nil
}

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
