// SPDX-License-Identifier: Apache-2.0

//go:build wasip1

// Command plugin is the entry point of the `wasm` plugin for Helm 4: it passes Helm's
// message to internal/cli and returns the outcome.
package main

import (
	"os"
	"runtime/debug"

	"github.com/extism/go-pdk"

	"github.com/helm-wasm/helm-wasm/internal/cli"
	"github.com/helm-wasm/helm-wasm/internal/command"
)

// helmPluginMain runs one command. Helm crashes on a non-zero result without
// an error and on a result without output, so both are always set.
//
//go:wasmexport helm_plugin_main
func helmPluginMain() uint32 {
	// One command runs and ends. Collecting garbage before that costs the sandbox
	// a third of its time, so it waits until half the memory that plugin.yaml
	// grants is in use: at its end the runtime can only crash.
	debug.SetMemoryLimit(1 << 29)
	debug.SetGCPercent(-1)

	args, err := cli.MessageArgs(pdk.Input())
	if err == nil {
		err = cli.Plugin().Run(command.Env{
			Program:         "helm wasm",
			Args:            args,
			Stdin:           os.Stdin,
			Stdout:          os.Stdout,
			Stderr:          os.Stderr,
			Getenv:          os.Getenv,
			StdinIsTerminal: terminal(os.Stdin),
		})
	}
	if err != nil {
		pdk.SetError(err)
		return 1
	}
	pdk.OutputString("{}")
	return 0
}

// terminal reports whether a file is a terminal: nobody pipes anything in then.
func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func main() {}
