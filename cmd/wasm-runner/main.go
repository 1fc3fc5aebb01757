// SPDX-License-Identifier: Apache-2.0

// Command wasm-runner runs one WebAssembly function on events from Kafka, and
// does the small jobs around it that the chart needs.
package main

import (
	"os"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/runner/command"
)

func main() {
	os.Exit(command.Main(command.Env{
		Args:   os.Args[1:],
		Stdout: os.Stdout,
		Stderr: os.Stderr,
		Getenv: os.Getenv,
		Start:  time.Now(),
	}))
}
