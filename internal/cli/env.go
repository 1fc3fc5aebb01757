// SPDX-License-Identifier: Apache-2.0

package cli

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

	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer

	// Getenv reads the environment; nil means an empty one.
	Getenv func(string) string

	// FS reads and writes files. It is nil in the sandbox, where a plugin has none.
	FS Files

	// StdinIsTerminal says that nobody pipes anything in, so that reading
	// would wait for a person who does not know it.
	StdinIsTerminal bool

	// Commands are added to the shared ones: what only the native binary can
	// do, and what must not be linked into the plugin.
	Commands []Command
}

// Files is a file system by the paths that users type.
type Files interface {
	ReadFile(name string) ([]byte, error)
	WriteFile(name string, data []byte) error
}

// getenv is Getenv that may be absent.
func (e *Env) getenv(key string) string {
	if e.Getenv == nil {
		return ""
	}
	return e.Getenv(key)
}

// sandboxed says that there are no files.
func (e *Env) sandboxed() bool { return e.FS == nil }
