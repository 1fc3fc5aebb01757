// SPDX-License-Identifier: Apache-2.0

package containerd

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/handler"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/tomltree"
)

// crunAnnotations choose crun's Wasm handler. containerd passes on only the
// annotations that a runtime lists.
var crunAnnotations = []any{
	"*.wasm.*", "wasm.*", "module.wasm.image/*", "*.module.wasm.image", "module.wasm.image/variant.*", "run.oci.handler",
}

// plugins are the tables about CRI, by the version of the file: 3, 2 and 1.
var plugins = []string{"io.containerd.cri.v1.runtime", "io.containerd.grpc.v1.cri", "cri"}

// pluginID returns the table that has the runtimes, by the file's version. A
// file without a version is version 1; there, containerd 2 accepts each name,
// so the one in use decides.
func pluginID(tree map[string]any, version int64, v Version) string {
	switch {
	case version >= 3:
		return plugins[0]
	case version == 2:
		return plugins[1]
	case v.Major < 2:
		return plugins[2]
	}
	for _, id := range plugins {
		if _, ok := tomltree.At(tree, "plugins")[id]; ok {
			return id
		}
	}
	return plugins[0]
}

// Section returns the table "containerd" of whichever plugin has runtimes; nil
// where none has.
func Section(tree map[string]any) map[string]any {
	for _, plugin := range plugins {
		if section := tomltree.At(tree, "plugins", plugin, "containerd"); tomltree.At(section, "runtimes") != nil {
			return section
		}
	}
	return nil
}

// Runtimes returns the table of runtimes; nil where there is none.
func Runtimes(tree map[string]any) map[string]any { return tomltree.At(Section(tree), "runtimes") }

// Without returns a deep copy of a tree without some of its runtimes, and without imports,
// which describe the file and not the configuration.
func Without(tree map[string]any, runtimes []string) map[string]any {
	rest := clone(tree)
	delete(rest, "imports")
	left := Runtimes(rest)
	for _, name := range runtimes {
		delete(left, name)
	}
	return rest
}

// clone copies a tree with all its tables.
func clone(tree map[string]any) map[string]any {
	out := maps.Clone(tree)
	for key, value := range out {
		if table, ok := value.(map[string]any); ok {
			out[key] = clone(table)
		}
	}
	return out
}

// SystemdCgroup reports whether the default runtime of a section leaves cgroups
// to systemd.
func SystemdCgroup(section map[string]any) bool {
	name, _ := section["default_runtime_name"].(string)
	if name == "" {
		name = "runc"
	}
	for _, name := range []string{name, "runc"} {
		options := tomltree.At(section, "runtimes", name, "options")
		// containerd ignores case here, and Kubespray writes a lower-case s.
		for _, key := range append([]string{"SystemdCgroup"}, slices.Sorted(maps.Keys(options))...) {
			if on, ok := options[key].(bool); ok && strings.EqualFold(key, "SystemdCgroup") {
				return on
			}
		}
	}
	return false
}

// table returns a handler as a tree, to write it and to compare with what was written.
func table(h handler.Handler, systemd bool, v Version) map[string]any {
	kind, _ := h.Type()
	t := map[string]any{"runtime_type": kind}
	options := map[string]any{}
	switch {
	case h.IsCrun():
		options["BinaryName"] = h.Binary
		t["pod_annotations"] = slices.Clone(crunAnnotations)
	case v.Major == 1:
		// containerd 1.6 ignores runtime_path for a pod's sandbox, but accepts a
		// shim's path as a type.
		t["runtime_type"] = h.Binary
	default:
		t["runtime_path"] = h.Binary
	}
	if systemd {
		// Otherwise pods have no metrics on nodes whose cgroups systemd manages.
		options["SystemdCgroup"] = true
	}
	if len(options) > 0 {
		t["options"] = options
	}
	return t
}

// writeRuntimes writes tables in a fixed order.
func writeRuntimes(plugin string, runtimes map[string]any) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(runtimes)) {
		t, _ := runtimes[name].(map[string]any)
		header := fmt.Sprintf("plugins.%q.containerd.runtimes.%s", plugin, name)
		fmt.Fprintf(&b, "[%s]\n", header)
		handler.WriteValues(&b, t)
		if options, ok := t["options"].(map[string]any); ok {
			fmt.Fprintf(&b, "[%s.options]\n", header)
			handler.WriteValues(&b, options)
		}
	}
	return b.String()
}
