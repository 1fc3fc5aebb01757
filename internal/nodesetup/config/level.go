// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/handler"
)

// Level is how far a handler is tried before it counts as ready.
type Level string

// Levels.
const (
	// TryWasm runs a WebAssembly program in a pod.
	TryWasm Level = "wasm"
	// TrySandbox starts a pod without a container: that shows that the shim runs,
	// but not the engine.
	TrySandbox Level = "sandbox"
	// TryOff relies on what the container runtime lists.
	TryOff Level = "off"
)

// Says returns what a trial at this level has shown, for people.
func (l Level) Says() string {
	switch l {
	case TryWasm:
		return "a WebAssembly program ran"
	case TrySandbox:
		return "a pod sandbox started"
	}
	return "listed, not tried"
}

// UnmarshalYAML reads a level; true and false are TryWasm and TryOff.
func (l *Level) UnmarshalYAML(node *yaml.Node) error {
	switch node.Value {
	case "true", "on", "yes", string(TryWasm):
		*l = TryWasm
	case string(TrySandbox):
		*l = TrySandbox
	case "false", "no", "none", string(TryOff):
		*l = TryOff
	case "":
		*l = ""
	default:
		return fmt.Errorf("line %d: try: %q is not a level: use wasm, sandbox or off", node.Line, node.Value)
	}
	return nil
}

// Level returns how far the handler of a runtime is tried.
func (c Config) Level(key string) Level {
	from := c.Runtimes[key]
	switch {
	case from.Try != "":
		return from.Try
	case c.Try == TryOff:
		return TryOff
	case from.File(key) == handler.SpinShim:
		// Spin's shim runs only Spin applications, not plain programs.
		return TrySandbox
	case c.Try == "":
		return TryWasm
	}
	return c.Try
}
