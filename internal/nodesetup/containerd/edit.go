// SPDX-License-Identifier: Apache-2.0

// Package containerd edits the configuration of containerd: it adds handlers in
// a block at the end of a file, and removes that block again.
package containerd

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/handler"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/marker"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/tomltree"
)

// Edit says what to add to a configuration.
type Edit struct {
	// Containerd is the version of the program that reads the file.
	Containerd Version
	// Handlers to add.
	Handlers []handler.Handler
	// Template says that the file is a Go template, as k3s has, which becomes
	// Rendered, and not TOML itself.
	Template bool
	Rendered []byte
	// Root is the tree of the main configuration where the file is a drop-in.
	Root map[string]any
	// Seen is what containerd understands from all its files without our
	// handlers; nil where that is not known.
	Seen map[string]any
	// Keep are tables of the old block that stay as they are, by handler.
	Keep map[string]any
}

// taken reports whether someone else has configured a handler.
func (e Edit) taken(runtimes map[string]any, name string) bool {
	return runtimes[name] != nil || Runtimes(e.Seen)[name] != nil
}

// Insert adds handlers to a configuration. A block that is in the file already
// is replaced. Without handlers to add, the result has no block.
func Insert(file []byte, e Edit) (handler.Edited, error) {
	base, _, err := Remove(file)
	if err != nil {
		return handler.Edited{}, err
	}
	seen, tree := base, e.Root
	if e.Template {
		if seen, _, err = marker.Unwrap(e.Rendered); err != nil {
			return handler.Edited{}, err
		}
	}
	own, err := tomltree.Parse(seen)
	if err != nil {
		return handler.Edited{}, fmt.Errorf("reading TOML: %w", err)
	}
	if tree == nil {
		tree = own
	}
	version, head, err := e.version(tree, own)
	if err == nil {
		err = refuse(tree, version, e.Containerd)
	}
	if err != nil {
		return handler.Edited{}, err
	}
	plugin := pluginID(tree, version, e.Containerd)
	section := tomltree.At(tree, "plugins", plugin, "containerd")
	out, overlay, err := e.overlay(section)
	if err != nil {
		return handler.Edited{}, err
	}
	if len(overlay) == 0 {
		out.Data = base
		return out, nil
	}
	block := head + writeRuntimes(plugin, overlay)
	out.Data = marker.Wrap(base, block)
	want := tomltree.Merge(own, map[string]any{
		"plugins": map[string]any{plugin: map[string]any{"containerd": map[string]any{"runtimes": overlay}}},
	})
	if head != "" {
		want["version"] = version
	}
	if err := check(base, seen, block, plugin, want); err != nil {
		return handler.Edited{}, err
	}
	return out, nil
}

// version returns the version of the file, and the line that states it where
// the block must do so.
func (e Edit) version(tree, own map[string]any) (version int64, head string, err error) {
	version, ok := tree["version"].(int64)
	switch {
	case !ok && tree["version"] != nil:
		return 0, "", fmt.Errorf("version is %v, not a number", tree["version"])
	case !ok && len(tree) == 0 && e.Template:
		// A version would belong to whatever table the template ends with.
		return 0, "", errors.New("what the node renders from its template is empty: let its service write it first")
	case !ok && len(tree) == 0:
		version = e.Containerd.FileVersion()
		head = fmt.Sprintf("version = %d\n", version)
	case !ok:
		version = 1
	}
	if e.Root != nil && len(own) == 0 {
		// A drop-in without a version counts as version 1.
		head = fmt.Sprintf("version = %d\n", version)
	}
	return version, head, nil
}

// overlay returns the tables to add to a section, by handler.
func (e Edit) overlay(section map[string]any) (out handler.Edited, overlay map[string]any, err error) {
	runtimes := tomltree.At(section, "runtimes")
	out.Systemd = SystemdCgroup(section)
	if seen := Section(e.Seen); seen != nil {
		out.Systemd = SystemdCgroup(seen)
	}
	overlay = map[string]any{}
	for _, h := range e.Handlers {
		if err := h.Check(); err != nil {
			return handler.Edited{}, nil, err
		}
		if e.taken(runtimes, h.Name) {
			out.Foreign = append(out.Foreign, h.Name)
			continue
		}
		if _, twice := overlay[h.Name]; twice {
			return handler.Edited{}, nil, fmt.Errorf("two runtimes have the handler %q: give one of them another name", h.Name)
		}
		overlay[h.Name] = table(h, out.Systemd, e.Containerd)
		out.Added = append(out.Added, h.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(e.Keep)) {
		if overlay[name] == nil && !e.taken(runtimes, name) {
			overlay[name] = e.Keep[name]
			out.Kept = append(out.Kept, name)
		}
	}
	slices.Sort(out.Added)
	slices.Sort(out.Foreign)
	if len(overlay) > 0 && len(runtimes) == 0 && e.Containerd.Major < 2 && !(e.Root != nil && Runtimes(e.Seen) != nil) {
		// containerd 1.x replaces its built-in map of runtimes with the file's,
		// so a file that gets its first one would lose runc.
		overlay["runc"] = map[string]any{"runtime_type": handler.RuncType, "options": map[string]any{"SystemdCgroup": out.Systemd}}
		out.Runc = true
	}
	return out, overlay, nil
}

// check reads the edited file, compares it with what it should say, and makes
// sure that the edit can be undone exactly.
func check(base, seen []byte, block, plugin string, want map[string]any) error {
	got, err := tomltree.Parse(marker.Wrap(seen, block))
	if err != nil {
		return fmt.Errorf("the file defines plugins.%q in a form that cannot be added to (an inline table or dotted keys): "+
			"write it as [tables], or add the handlers by hand: %w", plugin, err)
	}
	if !tomltree.Equal(got, want) {
		return errors.New("adding handlers would change other keys of the file: add them by hand")
	}
	for _, text := range [][]byte{base, seen} {
		if back, _, err := Remove(marker.Wrap(text, block)); err != nil || !bytes.Equal(back, text) {
			return errors.New("the change could not be undone exactly: " +
				"the file contains node setup's own marker comments, or is a template with tables that are lists")
		}
	}
	return nil
}

// Remove removes the block from a configuration, and reports whether it had one.
func Remove(file []byte) (base []byte, had bool, err error) {
	base, had, err = marker.Unwrap(file)
	if err != nil || !had {
		return base, false, err
	}
	// A key that someone wrote after the block belongs to the block's last table
	// and would fall to whatever table comes before it.
	start, end, _ := marker.Find(file)
	for line := range bytes.Lines(file[end:]) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		if line[0] != '[' && line[0] != '{' {
			return nil, false, fmt.Errorf("%q follows node setup's block and belongs to its last table: move it above the block", line)
		}
		break
	}
	if all, err := tomltree.Parse(file); err == nil {
		block, err1 := tomltree.Parse(file[start:end])
		rest, err2 := tomltree.Parse(base)
		if err1 != nil || err2 != nil || !tomltree.Equal(all, tomltree.Merge(rest, block)) {
			return nil, false, errors.New("node setup's marker comments are inside a value or around something else: remove them by hand")
		}
	}
	return base, true, nil
}

// refuse finds configurations in which handlers would have no effect.
func refuse(tree map[string]any, version int64, v Version) error {
	disabled, _ := tree["disabled_plugins"].([]any)
	for _, item := range disabled {
		if name, _ := item.(string); slices.Contains(plugins, name) {
			return fmt.Errorf("disabled_plugins names %q, so this containerd does not serve Kubernetes: take it out of the list", name)
		}
	}
	if v.Major == 1 && version > 2 {
		return fmt.Errorf("the file says version = %d, but containerd %s reads at most version 2", version, v)
	}
	return nil
}
