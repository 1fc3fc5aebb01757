// SPDX-License-Identifier: Apache-2.0

// Command imagebuild writes the project's images as OCI image layouts; see
// `make images`.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/images"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	root := flag.String("root", "../..", "root of the repository")
	functions := flag.String("functions", "", "directory with functions (*.wasm) to pack as well")
	precompile := flag.String("precompile", "",
		"modules, separated by commas: make only an image of the runner that contains their machine code")
	push := flag.Bool("push", false, "push what is in dist/images instead of building")
	registry := flag.String("registry", "",
		"with -push: push to this prefix, such as localhost:5000/helm-wasm, instead of ghcr.io/helm-wasm")
	flag.Parse()
	dir, err := filepath.Abs(*root)
	if err != nil {
		return err
	}
	b := images.Builder{Root: dir, Build: filepath.Join(dir, "build", "images"), Dist: filepath.Join(dir, "dist"), Out: os.Stdout}
	switch {
	case *push:
		return b.Push(ctx, *registry)
	case *precompile != "":
		return b.Precompiled(ctx, strings.Split(*precompile, ","))
	}
	if err := b.Programs(ctx); err != nil {
		return err
	}
	if *functions == "" {
		return nil
	}
	return b.Functions(*functions)
}
