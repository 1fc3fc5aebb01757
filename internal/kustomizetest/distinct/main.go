// SPDX-License-Identifier: Apache-2.0

// Command distinct writes every distinct object of all combinations of kustomize/'s
// components and overlays into a directory, for a cluster to check: kubectl apply
// --server-side --dry-run=server -f DIR.
//
//	go run ./internal/kustomizetest/distinct DIR
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/helm-wasm/helm-wasm/internal/kustomizetest"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: distinct DIR (in the repository's root)")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "distinct:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	var groups []int
	for group := range kustomizetest.Groups {
		groups = append(groups, group)
	}
	d, err := kustomizetest.Collect(".", groups)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for i, o := range d.Objects {
		text := fmt.Sprintf("# %s\n%s\n", o.From, o.Text)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%05d.yaml", i)), []byte(text), 0o644); err != nil {
			return err
		}
	}
	fmt.Printf("%d distinct objects of %d combinations\n", len(d.Objects), len(kustomizetest.All()))
	return nil
}
