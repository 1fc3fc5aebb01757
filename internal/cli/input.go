// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"fmt"
	"io"
)

// takesValues says that the command reads a values file.
func (c *Call) takesValues() bool {
	for _, f := range c.Command.Flags {
		if f.Name == "values" {
			return true
		}
	}
	return false
}

// fileHint says how to give the command a file.
func (c *Call) fileHint(file string) error {
	if c.sandboxed() {
		return fmt.Errorf("a sandboxed plugin cannot open %q: type `%s %s < %s`", file, c.Program, c.Command.Name, file)
	}
	return fmt.Errorf("%s does not take the argument %q: type `%s %s -f %s`", c.Command.Name, file, c.Program, c.Command.Name, file)
}

// readStdin reads standard input, at most limit bytes; what says what is missing.
func (c *Call) readStdin(what string, limit int64) ([]byte, error) {
	if c.StdinIsTerminal {
		return nil, fmt.Errorf("no %s on standard input: type `%s %s < FILE`", what, c.Program, c.Command.Name)
	}
	data, err := io.ReadAll(io.LimitReader(c.Stdin, limit+1))
	if err != nil {
		return nil, fmt.Errorf("reading standard input: %w", err)
	}
	return data, checkSize(what+" on standard input", data, limit)
}

// readFile reads a file, or standard input for "-".
func (c *Call) readFile(name, what string, limit int64) ([]byte, error) {
	if name == "-" {
		return c.readStdin(what, limit)
	}
	if c.sandboxed() {
		return nil, c.fileHint(name)
	}
	data, err := c.FS.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return data, checkSize(name, data, limit)
}

// checkSize keeps commands from working for minutes on what cannot be right.
func checkSize(name string, data []byte, limit int64) error {
	if int64(len(data)) > limit {
		return fmt.Errorf("%s: larger than %d MiB", name, limit>>20)
	}
	if len(data) == 0 {
		return errors.New("no " + name)
	}
	return nil
}
