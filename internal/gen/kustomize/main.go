// SPDX-License-Identifier: Apache-2.0

// Command kustomize writes what follows from the chart's templates in kustomize/: the
// base, the components, and the wiring. The values are in stack.yaml and in each
// component's values.yaml; what is new in a rendering with both becomes the
// component's resources, and what is changed its patches.
//
//	go run ./internal/gen/kustomize          write the files
//	go run ./internal/gen/kustomize -check   fail when a file is not what would be written
package main

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	dir := flag.String("C", ".", "root of the repository")
	check := flag.Bool("check", false, "compare instead of writing")
	flag.Parse()
	if err := run(filepath.Join(*dir, "kustomize"), *check); err != nil {
		fmt.Fprintln(os.Stderr, "kustomize:", err)
		os.Exit(1)
	}
}

// header marks generated YAML.
const header = "# Generated from %s by `make generate`: edit that.\n"

// files are the generated files by their path below kustomize/.
type files map[string][]byte

// yaml adds a YAML file.
func (f files) yaml(path, from, text string) { f.text(path, fmt.Sprintf(header, from)+text) }

func (f files) text(path, text string) { f[path] = []byte(strings.TrimRight(text, "\n") + "\n") }

func run(dir string, check bool) error {
	out := files{}
	g := &generator{dir: dir, out: out}
	for _, step := range []func() error{g.base, g.kafka, g.added, g.networkPolicy, g.observability, g.wiring, g.schema} {
		if err := step(); err != nil {
			return err
		}
	}
	var stale []string
	for path, data := range out {
		file := filepath.Join(dir, filepath.FromSlash(path))
		have, err := os.ReadFile(file)
		switch {
		case err == nil && bytes.Equal(have, data):
		case check:
			stale = append(stale, path)
		default:
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				return err
			}
			if err := os.WriteFile(file, data, 0o644); err != nil {
				return err
			}
			fmt.Println("wrote", filepath.Join("kustomize", path))
		}
	}
	if slices.Sort(stale); len(stale) > 0 {
		return fmt.Errorf("%s: not up to date; run `make generate`", strings.Join(stale, ", "))
	}
	return nil
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
