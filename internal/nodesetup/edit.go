// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Edit says what a containerd configuration shall have.
type Edit struct {
	// Containerd is the version of the program that reads the file.
	Containerd Version
	// Handlers to add.
	Handlers []Handler
	// Template says that the file is a Go template around what Rendered shows,
	// as with k3s, and not TOML of its own.
	Template bool
	Rendered []byte
	// Root is the tree of the main configuration where the file is a drop-in.
	Root map[string]any
	// Seen is what containerd makes of all its files without our handlers; nil
	// where that is not known.
	Seen map[string]any
	// Keep are tables of our old block that stay as they are, by handler.
	Keep map[string]any
}

// Edited is a new configuration, and what was found in the old one.
type Edited struct {
	Data    []byte
	Added   []string // handlers in our block
	Kept    []string // handlers of the old block that stay in it
	Foreign []string // handlers that someone else configured: left alone
	Systemd bool     // the node's cgroups are systemd's
	Runc    bool     // our block repeats runc, which a file without runtimes only implies
}

// pluginID is the table that holds runtimes, by the file's version. A file
// without one is version 1; containerd 2 takes every name there, so that the
// one which is in use decides.
func pluginID(tree map[string]any, version int64, v Version) string {
	const v1, v2, v3 = "cri", "io.containerd.grpc.v1.cri", "io.containerd.cri.v1.runtime"
	switch {
	case version >= 3:
		return v3
	case version == 2:
		return v2
	case v.Major < 2:
		return v1
	}
	for _, id := range []string{v3, v2, v1} {
		if _, ok := at(tree, "plugins")[id]; ok {
			return id
		}
	}
	return v3
}

// Insert adds handlers to a configuration. A block of ours that is in the file
// is replaced; without handlers to add the result has none.
func Insert(file []byte, e Edit) (Edited, error) {
	base, _, err := Remove(file)
	if err != nil {
		return Edited{}, err
	}
	seen, tree := base, e.Root
	if e.Template {
		if seen, _, err = unwrap(e.Rendered); err != nil {
			return Edited{}, err
		}
	}
	own, err := parseTOML(seen)
	if err != nil {
		return Edited{}, fmt.Errorf("reading TOML: %w", err)
	}
	if tree == nil {
		tree = own
	}
	head := ""
	version, ok := tree["version"].(int64)
	switch {
	case !ok && tree["version"] != nil:
		return Edited{}, fmt.Errorf("version is %v, not a number", tree["version"])
	case !ok && len(tree) == 0 && e.Template:
		// A version would belong to whatever table the template ends with.
		return Edited{}, errors.New("what the node makes of its template is empty: let its service write it first")
	case !ok && len(tree) == 0:
		version = e.Containerd.fileVersion()
		head = fmt.Sprintf("version = %d\n", version)
	case !ok:
		version = 1
	}
	if e.Root != nil && len(own) == 0 {
		// A drop-in without a version counts as version 1.
		head = fmt.Sprintf("version = %d\n", version)
	}
	if err := refuse(tree, version, e.Containerd); err != nil {
		return Edited{}, err
	}
	var out Edited
	plugin := pluginID(tree, version, e.Containerd)
	runtimes := at(tree, "plugins", plugin, "containerd", "runtimes")
	out.Systemd = systemdCgroup(at(tree, "plugins", plugin, "containerd"))
	if section := criOf(e.Seen); section != nil {
		out.Systemd = systemdCgroup(section)
	}
	taken := func(name string) bool { return runtimes[name] != nil || runtimesOf(e.Seen)[name] != nil }
	overlay := map[string]any{}
	for _, h := range e.Handlers {
		if err := h.check(); err != nil {
			return Edited{}, err
		}
		if taken(h.Name) {
			out.Foreign = append(out.Foreign, h.Name)
			continue
		}
		if _, twice := overlay[h.Name]; twice {
			return Edited{}, fmt.Errorf("two runtimes have the handler %q: give one another name", h.Name)
		}
		overlay[h.Name] = h.table(out.Systemd, e.Containerd)
		out.Added = append(out.Added, h.Name)
	}
	for _, name := range sortedKeys(e.Keep) {
		if overlay[name] == nil && !taken(name) {
			overlay[name] = e.Keep[name]
			out.Kept = append(out.Kept, name)
		}
	}
	slices.Sort(out.Added)
	slices.Sort(out.Foreign)
	if len(overlay) == 0 {
		out.Data = base
		return out, nil
	}
	if len(runtimes) == 0 && e.Containerd.Major < 2 && !(e.Root != nil && runtimesOf(e.Seen) != nil) {
		// containerd 1.x replaces its built-in map of runtimes by the file's,
		// so that a file which gets its first one would lose runc.
		overlay["runc"] = map[string]any{"runtime_type": runcType, "options": map[string]any{"SystemdCgroup": out.Systemd}}
		out.Runc = true
	}
	block := head + writeRuntimes(plugin, overlay)
	out.Data = wrap(base, block)
	want := with(own, map[string]any{"plugins": map[string]any{plugin: map[string]any{"containerd": map[string]any{"runtimes": overlay}}}})
	if head != "" {
		want["version"] = version
	}
	got, err := parseTOML(wrap(seen, block))
	if err != nil {
		return Edited{}, fmt.Errorf("the file defines plugins.%q in a form that cannot be added to (an inline table or dotted keys): write it as [tables], or add the handlers by hand: %w", plugin, err)
	}
	if !equal(got, want) {
		return Edited{}, errors.New("adding handlers would change other keys of the file: add them by hand")
	}
	for _, text := range [][]byte{base, seen} {
		if back, _, err := Remove(wrap(text, block)); err != nil || !bytes.Equal(back, text) {
			return Edited{}, errors.New("the change could not be undone exactly: the file holds node setup's own marker comments, or is a template with tables that are lists")
		}
	}
	return out, nil
}

// Remove takes our block out of a configuration, and says whether it had one.
func Remove(file []byte) ([]byte, bool, error) {
	base, had, err := unwrap(file)
	if err != nil || !had {
		return base, false, err
	}
	// A key that someone wrote after our block belongs to our last table and
	// would fall to whatever comes before.
	start, end, _ := blockOf(file)
	for line := range bytes.Lines(file[end:]) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		if line[0] != '[' && line[0] != '{' {
			return nil, false, fmt.Errorf("%q stands after node setup's block and belongs to its last table: move it above the block", line)
		}
		break
	}
	if all, err := parseTOML(file); err == nil {
		block, err1 := parseTOML(file[start:end])
		rest, err2 := parseTOML(base)
		if err1 != nil || err2 != nil || !equal(all, with(rest, block)) {
			return nil, false, errors.New("node setup's marker comments stand inside a value or around something else: take them out by hand")
		}
	}
	return base, true, nil
}

// refuse finds configurations in which handlers would have no effect.
func refuse(tree map[string]any, version int64, v Version) error {
	disabled, _ := tree["disabled_plugins"].([]any)
	for _, name := range disabled {
		if name == "cri" || name == "io.containerd.grpc.v1.cri" || name == "io.containerd.cri.v1.runtime" {
			return fmt.Errorf("disabled_plugins names %q, so that this containerd serves no Kubernetes: take it out of the list", name)
		}
	}
	if v.Major == 1 && version > 2 {
		return fmt.Errorf("the file says version = %d, but containerd %s reads at most version 2", version, v)
	}
	return nil
}

// systemdCgroup is what the node's default runtime uses.
func systemdCgroup(containerd map[string]any) bool {
	name, _ := containerd["default_runtime_name"].(string)
	if name == "" {
		name = "runc"
	}
	for _, name := range []string{name, "runc"} {
		options := at(containerd, "runtimes", name, "options")
		// containerd does not mind the case, and Kubespray writes a small s.
		for _, key := range append([]string{"SystemdCgroup"}, sortedKeys(options)...) {
			if on, ok := options[key].(bool); ok && strings.EqualFold(key, "SystemdCgroup") {
				return on
			}
		}
	}
	return false
}

// writeRuntimes writes tables in a fixed order.
func writeRuntimes(plugin string, runtimes map[string]any) string {
	var b strings.Builder
	for _, name := range sortedKeys(runtimes) {
		table, _ := runtimes[name].(map[string]any)
		header := fmt.Sprintf("plugins.%q.containerd.runtimes.%s", plugin, name)
		fmt.Fprintf(&b, "[%s]\n", header)
		writeValues(&b, table)
		if options, ok := table["options"].(map[string]any); ok {
			fmt.Fprintf(&b, "[%s.options]\n", header)
			writeValues(&b, options)
		}
	}
	return b.String()
}

func writeValues(b *strings.Builder, table map[string]any) {
	for _, key := range sortedKeys(table) {
		switch value := table[key].(type) {
		case string:
			fmt.Fprintf(b, "  %s = %q\n", key, value)
		case bool:
			fmt.Fprintf(b, "  %s = %t\n", key, value)
		case []any:
			var items []string
			for _, item := range value {
				items = append(items, fmt.Sprintf("%q", item))
			}
			fmt.Fprintf(b, "  %s = [%s]\n", key, strings.Join(items, ", "))
		}
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
