// SPDX-License-Identifier: Apache-2.0

// Command wasm-node-setup configures a node's container runtime to run
// WebAssembly, and undoes it.
package main

import (
	"os"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/command"
)

func main() {
	os.Exit(command.Main(command.Env{
		Args:   os.Args[1:],
		Stdout: os.Stdout,
		Stderr: os.Stderr,
		Getenv: os.Getenv,
	}))
}
