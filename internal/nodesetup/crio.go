// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// crioTree is CRI-O's configuration without ours: the main file, and what the
// directory beside it adds, in order.
func (s *Setup) crioTree() (map[string]any, error) {
	tree := map[string]any{}
	dir := path.Dir(s.node.Config)
	drops, err := filepath.Glob(s.Host.path(path.Join(dir, "*")))
	if err != nil {
		return nil, err
	}
	names := []string{s.node.Main}
	for _, name := range drops {
		// As CRI-O does, whatever the file is called, but not what is hidden.
		if name = path.Join(dir, filepath.Base(name)); name != s.node.Config && !strings.HasPrefix(path.Base(name), ".") {
			names = append(names, name)
		}
	}
	for _, name := range names {
		data, err := s.Host.Read(name)
		if err != nil {
			return nil, err
		}
		file, err := parseTOML(data)
		if err != nil {
			return nil, fmt.Errorf("reading TOML of %q: %w", name, err)
		}
		tree = with(tree, file)
	}
	return tree, nil
}

// crioFile is a whole drop-in for CRI-O, which adds tables of all files in its
// directory. CRI-O passes crun's annotations on by itself.
func crioFile(seen map[string]any, handlers []Handler, keep map[string]any) (Edited, error) {
	taken := at(seen, "crio", "runtime", "runtimes")
	var out Edited
	tables := map[string]any{}
	for _, h := range handlers {
		if err := h.check(); err != nil {
			return Edited{}, err
		}
		if _, ok := taken[h.Name]; ok {
			out.Foreign = append(out.Foreign, h.Name)
			continue
		}
		if tables[h.Name] != nil {
			return Edited{}, fmt.Errorf("two runtimes have the handler %q: give one another name", h.Name)
		}
		if !h.isCrun() {
			return Edited{}, fmt.Errorf("runtime %q: %w: CRI-O runs no containerd shims: use a crun runtime, such as crun-wasmedge", h.Key, ErrUnsupported)
		}
		out.Added = append(out.Added, h.Name)
		tables[h.Name] = map[string]any{
			"runtime_path": h.Binary, "runtime_type": "oci",
			"allowed_annotations": []any{"module.wasm.image/variant", "run.oci.handler"},
		}
	}
	for _, name := range sortedKeys(keep) {
		if tables[name] == nil && taken[name] == nil {
			tables[name] = keep[name]
			out.Kept = append(out.Kept, name)
		}
	}
	slices.Sort(out.Added)
	slices.Sort(out.Foreign)
	var b strings.Builder
	for _, name := range sortedKeys(tables) {
		table, _ := tables[name].(map[string]any)
		fmt.Fprintf(&b, "[crio.runtime.runtimes.%s]\n", name)
		writeValues(&b, table)
	}
	if b.Len() > 0 {
		out.Data = wrap(nil, b.String())
	}
	got, err := parseTOML(out.Data)
	if err != nil {
		return Edited{}, fmt.Errorf("writing TOML: %w", err)
	}
	if b.Len() > 0 && !equal(at(got, "crio", "runtime", "runtimes"), tables) {
		return Edited{}, errors.New("writing the drop-in would change what it says: write it by hand")
	}
	return out, nil
}

// crioReads lets CRI-O itself read the new drop-in, where its program is found.
func (s *Setup) crioReads(ctx context.Context) error {
	program, err := s.Host.lookPath("crio")
	if err != nil {
		s.Log.Info("no crio program on the node: its next start reads the new file first")
		return nil
	}
	config, err := s.Host.resolve(s.node.Config)
	if err != nil {
		return err
	}
	// The command prints the configuration, and fails on what it cannot use.
	if _, err := s.Host.Run(ctx, 30*time.Second, program, "--config", tempName(config), "config"); err != nil {
		return fmt.Errorf("CRI-O refuses the new configuration; %q was left as it is: %w", s.node.Config, err)
	}
	return nil
}
