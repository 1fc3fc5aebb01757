// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Handler is one entry of a container runtime's configuration.
type Handler struct {
	// Key in `runtimes` of the chart's values, as in the node's label.
	Key string
	// Name is what a RuntimeClass calls it.
	Name string
	// Binary is the program's absolute path on the node.
	Binary string
}

// runcType is the runtime type of runc and of what can stand in for it.
const runcType = "io.containerd.runc.v2"

var (
	shimName    = regexp.MustCompile(`^containerd-shim-([a-z0-9_]+(?:-[a-z0-9_]+)*)-(v[0-9]+)$`)
	handlerName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)
	// crunAnnotations choose crun's Wasm handler; containerd passes on only
	// the annotations that a runtime lists.
	crunAnnotations = []any{"*.wasm.*", "wasm.*", "module.wasm.image/*", "*.module.wasm.image", "module.wasm.image/variant.*", "run.oci.handler"}
)

// shims are the programs of the runtimes that the chart knows.
var shims = map[string]string{
	"wasmtime": "containerd-shim-wasmtime-v1",
	"wasmedge": "containerd-shim-wasmedge-v1",
	"wasmer":   "containerd-shim-wasmer-v1",
	"wamr":     "containerd-shim-wamr-v1",
	"spin":     "containerd-shim-spin-v2",
}

// BinaryName is the file name of a runtime's program: by the runtime's key,
// else by its handler; empty for one that is not known.
func BinaryName(key, handler string) string {
	for _, name := range []string{key, handler} {
		if strings.HasPrefix(name, "crun") {
			return "crun"
		}
		if binary := shims[name]; binary != "" {
			return binary
		}
	}
	return ""
}

// isCrun says that the program is an OCI runtime and not a shim.
func (h Handler) isCrun() bool { return strings.HasPrefix(path.Base(h.Binary), "crun") }

// Type is containerd's runtime type, which follows from a shim's name.
func (h Handler) Type() (string, error) {
	if h.isCrun() {
		return runcType, nil
	}
	m := shimName.FindStringSubmatch(path.Base(h.Binary))
	if m == nil {
		return "", fmt.Errorf("runtime %q: %q is neither a shim (containerd-shim-NAME-v1) nor crun", h.Key, h.Binary)
	}
	return "io.containerd." + strings.ReplaceAll(m[1], "-", ".") + "." + m[2], nil
}

// check finds what no configuration file could hold.
func (h Handler) check() error {
	if !handlerName.MatchString(h.Name) || len(h.Name) > 63 {
		return fmt.Errorf("runtime %q: handler %q is no name: use lower-case letters, digits and dashes", h.Key, h.Name)
	}
	if !path.IsAbs(h.Binary) || strings.ContainsFunc(h.Binary, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' || r > '~' }) {
		return fmt.Errorf("runtime %q: %q is not an absolute path without quotes", h.Key, h.Binary)
	}
	_, err := h.Type()
	return err
}

// table is the handler as a tree, for comparison with what was written.
func (h Handler) table(systemd bool, v Version) map[string]any {
	kind, _ := h.Type()
	table := map[string]any{"runtime_type": kind}
	options := map[string]any{}
	switch {
	case h.isCrun():
		options["BinaryName"] = h.Binary
		table["pod_annotations"] = slices.Clone(crunAnnotations)
	case v.Major == 1:
		// containerd 1.6 ignores runtime_path for a pod's sandbox, but takes a
		// shim's path for a type.
		table["runtime_type"] = h.Binary
	default:
		table["runtime_path"] = h.Binary
	}
	if systemd {
		// Else pods have no metrics on nodes whose cgroups systemd manages.
		options["SystemdCgroup"] = true
	}
	if len(options) > 0 {
		table["options"] = options
	}
	return table
}
