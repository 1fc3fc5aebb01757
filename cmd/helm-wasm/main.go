// SPDX-License-Identifier: Apache-2.0

// Command helm-wasm is the native program with the commands of the `wasm` plugin,
// and with what needs files or the network, which a sandbox does not have.
package main

import (
	"os"

	"github.com/helm-wasm/helm-wasm/internal/cli/native"
	"github.com/helm-wasm/helm-wasm/internal/command"
)

func main() {
	os.Exit(native.Table().Main(command.Env{
		Program:         "helm-wasm",
		Args:            os.Args[1:],
		Stdin:           os.Stdin,
		Stdout:          os.Stdout,
		Stderr:          os.Stderr,
		Getenv:          os.Getenv,
		FS:              files{},
		StdinIsTerminal: terminal(os.Stdin),
	}))
}

// files is the machine's file system.
type files struct{}

func (files) ReadFile(name string) ([]byte, error) { return os.ReadFile(name) }

func (files) WriteFile(name string, data []byte) error { return os.WriteFile(name, data, 0o644) }

// terminal reports whether a file is a terminal: nobody pipes anything in then.
func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
