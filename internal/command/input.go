// SPDX-License-Identifier: Apache-2.0

package command

import (
	"errors"
	"fmt"
	"io"
)

// MaxBinary is the largest Wasm binary that commands read, in bytes. Registries
// and runtimes refuse anything larger.
const MaxBinary = 256 << 20

// takesValues reports whether the command reads a values file.
func (c *Call) takesValues() bool {
	for _, f := range c.Command.Flags {
		if f.Name == "values" {
			return true
		}
	}
	return false
}

// FileHint returns the error for a file given as an argument: it says how to give it.
func (c *Call) FileHint(file string) error {
	if c.Sandboxed() {
		return fmt.Errorf("a sandboxed plugin cannot open %q: type `%s %s < %s`", file, c.Program, c.Command.Name, file)
	}
	return fmt.Errorf("%s does not take the argument %q: type `%s %s -f %s`", c.Command.Name, file, c.Program, c.Command.Name, file)
}

// ReadStdin reads standard input, at most limit bytes. An empty one is an error, in
// which what says what is missing.
func (c *Call) ReadStdin(what string, limit int64) ([]byte, error) {
	if c.StdinIsTerminal {
		return nil, fmt.Errorf("no %s on standard input: type `%s %s < FILE`", what, c.Program, c.Command.Name)
	}
	data, err := io.ReadAll(io.LimitReader(c.Stdin, limit+1))
	if err != nil {
		return nil, fmt.Errorf("reading standard input: %w", err)
	}
	return data, checkSize(what+" on standard input", data, limit)
}

// Read reads a file, or standard input for "-", at most limit bytes; see ReadStdin.
func (c *Call) Read(name, what string, limit int64) ([]byte, error) {
	if name == "-" {
		return c.ReadStdin(what, limit)
	}
	if c.Sandboxed() {
		return nil, c.FileHint(name)
	}
	data, err := c.FS.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return data, checkSize(name, data, limit)
}

// checkSize keeps commands from working for minutes on input that cannot be right.
func checkSize(name string, data []byte, limit int64) error {
	if int64(len(data)) > limit {
		return fmt.Errorf("%s: larger than %d MiB", name, limit>>20)
	}
	if len(data) == 0 {
		return errors.New("no " + name)
	}
	return nil
}
