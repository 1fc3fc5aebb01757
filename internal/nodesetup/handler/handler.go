// SPDX-License-Identifier: Apache-2.0

// Package handler describes the entries that node setup adds to the
// configuration of a container runtime, whichever that is.
package handler

import (
	"fmt"
	"maps"
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

// Edited is a new configuration, and what was found in the old one.
type Edited struct {
	Data    []byte   // nil: there is to be no file
	Added   []string // handlers in node setup's block
	Kept    []string // handlers of the old block that stay in it
	Foreign []string // handlers that someone else configured: left alone
	Systemd bool     // systemd manages the node's cgroups
	Runc    bool     // the block repeats runc, which a file without runtimes only implies
}

// RuncType is the runtime type of runc and of programs that can replace it.
const RuncType = "io.containerd.runc.v2"

var (
	shimName    = regexp.MustCompile(`^containerd-shim-([a-z0-9_]+(?:-[a-z0-9_]+)*)-(v[0-9]+)$`)
	handlerName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)
)

// SpinShim is the program of the runtime spin.
const SpinShim = "containerd-shim-spin-v2"

// shims are the programs of the runtimes that the chart knows.
var shims = map[string]string{
	"wasmtime": "containerd-shim-wasmtime-v1",
	"wasmedge": "containerd-shim-wasmedge-v1",
	"wasmer":   "containerd-shim-wasmer-v1",
	"wamr":     "containerd-shim-wamr-v1",
	"spin":     SpinShim,
}

// BinaryName returns the file name of a runtime's program, by the runtime's key
// or else by its handler; empty for a runtime that is not known.
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

// IsShim reports whether a file is named as a containerd shim.
func IsShim(name string) bool { return shimName.MatchString(name) }

// IsCrun reports whether the program is an OCI runtime and not a shim.
func (h Handler) IsCrun() bool { return strings.HasPrefix(path.Base(h.Binary), "crun") }

// Type returns containerd's runtime type, which follows from a shim's name.
func (h Handler) Type() (string, error) {
	if h.IsCrun() {
		return RuncType, nil
	}
	m := shimName.FindStringSubmatch(path.Base(h.Binary))
	if m == nil {
		return "", fmt.Errorf("runtime %q: %q is neither a shim (containerd-shim-NAME-v1) nor crun", h.Key, h.Binary)
	}
	return "io.containerd." + strings.ReplaceAll(m[1], "-", ".") + "." + m[2], nil
}

// Check refuses what cannot be written to a configuration file.
func (h Handler) Check() error {
	if !handlerName.MatchString(h.Name) || len(h.Name) > 63 {
		return fmt.Errorf("runtime %q: handler %q is not a valid name: use lower-case letters, digits and dashes", h.Key, h.Name)
	}
	if !path.IsAbs(h.Binary) || strings.ContainsFunc(h.Binary, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' || r > '~' }) {
		return fmt.Errorf("runtime %q: %q is not an absolute path without quotes", h.Key, h.Binary)
	}
	_, err := h.Type()
	return err
}

// WriteValues writes the strings, booleans and lists of strings of a TOML
// table, sorted by key. Tables within it are left to the caller.
func WriteValues(b *strings.Builder, table map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(table)) {
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
