// SPDX-License-Identifier: Apache-2.0

// Package crio reads the configuration of CRI-O and writes a drop-in for it.
package crio

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/handler"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/host"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/marker"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/node"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/tomltree"
)

// Tree returns CRI-O's configuration without node setup's drop-in: the main
// file, and what the other files beside the drop-in add, in order.
func Tree(h *host.Host, main, dropIn string) (map[string]any, error) {
	tree := map[string]any{}
	dir := path.Dir(dropIn)
	drops, err := filepath.Glob(h.Path(path.Join(dir, "*")))
	if err != nil {
		return nil, err
	}
	names := []string{main}
	for _, name := range drops {
		// CRI-O reads files of any name, except hidden ones.
		if name = path.Join(dir, filepath.Base(name)); name != dropIn && !strings.HasPrefix(path.Base(name), ".") {
			names = append(names, name)
		}
	}
	for _, name := range names {
		data, err := h.Read(name)
		if err != nil {
			return nil, err
		}
		file, err := tomltree.Parse(data)
		if err != nil {
			return nil, fmt.Errorf("reading TOML of %q: %w", name, err)
		}
		tree = tomltree.Merge(tree, file)
	}
	return tree, nil
}

// Runtimes returns the table of runtimes; nil where there is none.
func Runtimes(tree map[string]any) map[string]any {
	return tomltree.At(tree, "crio", "runtime", "runtimes")
}

// Systemd reports whether CRI-O leaves cgroups to systemd, as it does by
// default.
func Systemd(tree map[string]any) bool {
	manager, ok := tomltree.At(tree, "crio", "runtime")["cgroup_manager"].(string)
	return !ok || manager == "systemd"
}

// DropIn returns a whole drop-in with handlers and with tables to keep. CRI-O
// adds up the tables of all files in its directory, and passes crun's
// annotations on by itself.
func DropIn(seen map[string]any, handlers []handler.Handler, keep map[string]any) (handler.Edited, error) {
	taken := Runtimes(seen)
	var out handler.Edited
	tables := map[string]any{}
	for _, h := range handlers {
		if err := h.Check(); err != nil {
			return handler.Edited{}, err
		}
		if _, ok := taken[h.Name]; ok {
			out.Foreign = append(out.Foreign, h.Name)
			continue
		}
		if tables[h.Name] != nil {
			return handler.Edited{}, fmt.Errorf("two runtimes have the handler %q: give one of them another name", h.Name)
		}
		if !h.IsCrun() {
			return handler.Edited{}, fmt.Errorf("runtime %q: %w: CRI-O does not run containerd shims: use a crun runtime, "+
				"such as crun-wasmedge",
				h.Key, node.ErrUnsupported)
		}
		out.Added = append(out.Added, h.Name)
		tables[h.Name] = map[string]any{
			"runtime_path": h.Binary, "runtime_type": "oci",
			"allowed_annotations": []any{"module.wasm.image/variant", "run.oci.handler"},
		}
	}
	for _, name := range slices.Sorted(maps.Keys(keep)) {
		if tables[name] == nil && taken[name] == nil {
			tables[name] = keep[name]
			out.Kept = append(out.Kept, name)
		}
	}
	slices.Sort(out.Added)
	slices.Sort(out.Foreign)
	if len(tables) == 0 {
		return out, nil
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		table, _ := tables[name].(map[string]any)
		fmt.Fprintf(&b, "[crio.runtime.runtimes.%s]\n", name)
		handler.WriteValues(&b, table)
	}
	out.Data = marker.Wrap(nil, b.String())
	got, err := tomltree.Parse(out.Data)
	if err != nil {
		return handler.Edited{}, fmt.Errorf("writing TOML: %w", err)
	}
	if !tomltree.Equal(Runtimes(got), tables) {
		return handler.Edited{}, errors.New("writing the drop-in would change what it says: write it by hand")
	}
	return out, nil
}
