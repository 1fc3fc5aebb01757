// SPDX-License-Identifier: Apache-2.0

package command

import (
	"io"
)

// Env is all that a command may use of the world.
type Env struct {
	// Program is what the user types before a command: "helm wasm" or
	// "helm-wasm". Messages and help quote it.
	Program string

	// Args are the arguments after Program.
	Args []string

	// Standard input is empty when it is nil; output is discarded.
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer

	// Getenv reads the environment; nil means an empty one.
	Getenv func(string) string

	// FS reads and writes files. It is nil in the sandbox, where a plugin has none.
	FS Files

	// StdinIsTerminal means that nobody pipes anything in, so that reading
	// would wait for a person who does not know it.
	StdinIsTerminal bool
}

// Files is a file system by the paths that users type.
type Files interface {
	ReadFile(name string) ([]byte, error)
	WriteFile(name string, data []byte) error
}

// Sandboxed reports whether there are no files.
func (e *Env) Sandboxed() bool { return e.FS == nil }
