// SPDX-License-Identifier: Apache-2.0

package nodesetup

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// Level is how far a handler is tried before it counts as ready.
type Level string

// Levels.
const (
	// TryWasm runs a WebAssembly program in a pod.
	TryWasm Level = "wasm"
	// TrySandbox starts a pod without a container: the shim runs, the engine
	// may not.
	TrySandbox Level = "sandbox"
	// TryOff believes what the container runtime lists.
	TryOff Level = "off"
)

// Says is what a level has shown, for people.
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
		return fmt.Errorf("line %d: try: %q is no level: use wasm, sandbox or off", node.Line, node.Value)
	}
	return nil
}

// level is how far a runtime's handler is tried.
func (s *Setup) level(key string) Level {
	from := s.Config.Runtimes[key]
	switch {
	case s.NoTry:
		return TryOff
	case from.Try != "":
		return from.Try
	case s.Config.Try == TryOff:
		return TryOff
	case from.file(key) == shims["spin"]:
		// Spin's shim runs Spin applications and no plain program.
		return TrySandbox
	case s.Config.Try == "":
		return TryWasm
	}
	return s.Config.Try
}
