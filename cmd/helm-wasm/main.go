// SPDX-License-Identifier: Apache-2.0

// Command helm-wasm is the native door to the commands of the `wasm` plugin,
// with files and with what a sandbox cannot do.
package main

import (
	"context"
	"os"

	"github.com/helm-wasm/helm-wasm/internal/cli"
	"github.com/helm-wasm/helm-wasm/internal/dev"
	"github.com/helm-wasm/helm-wasm/internal/diff"
	"github.com/helm-wasm/helm-wasm/internal/overlay"
	"github.com/helm-wasm/helm-wasm/internal/push"
	"github.com/helm-wasm/helm-wasm/wasmbin/oci"
)

func main() {
	os.Exit(cli.Main(cli.Env{
		Program:         "helm-wasm",
		Args:            os.Args[1:],
		Stdin:           os.Stdin,
		Stdout:          os.Stdout,
		Stderr:          os.Stderr,
		Getenv:          os.Getenv,
		FS:              files{},
		StdinIsTerminal: terminal(os.Stdin),
		Commands: []cli.Command{cli.PackageCommand(cli.PackageTools{
			Push:     func(img *oci.Image) error { return push.Push(context.Background(), img) },
			Compress: push.Gzip,
		}), overlay.Command(), overlay.PostRenderCommand(), dev.Command(), diff.Command()},
	}))
}

// files is the machine's file system.
type files struct{}

func (files) ReadFile(name string) ([]byte, error) { return os.ReadFile(name) }

func (files) WriteFile(name string, data []byte) error { return os.WriteFile(name, data, 0o644) }

// terminal says that a file is a terminal: nobody pipes anything in.
func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
