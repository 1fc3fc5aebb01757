// SPDX-License-Identifier: Apache-2.0

// Command gen writes everything that follows from the types in package schema: the
// chart's values.yaml and values.schema.json, docs/VALUES.md, and the tables in
// stack/schema/zz_generated_*.go. It reads Go source, so it also works while the
// generated files are missing.
//
//	go run ./internal/gen          write the files
//	go run ./internal/gen -check   fail when a file is not what would be written
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	dir := flag.String("C", ".", "root of the repository")
	check := flag.Bool("check", false, "compare instead of writing")
	flag.Parse()
	if err := run(*dir, *check); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// output is a generated file.
type output struct {
	path string
	data []byte
}

func run(dir string, check bool) error {
	m, err := load(filepath.Join(dir, "stack", "schema"))
	if err != nil {
		return err
	}
	var outs []output
	for _, f := range []func(*model) (output, error){valuesYAML, schemaJSON, valuesDoc, fieldsGo, decodeGo, defaultsGo} {
		o, err := f(m)
		if err != nil {
			return err
		}
		outs = append(outs, o)
	}
	return emit(dir, check, outs)
}

func emit(dir string, check bool, outs []output) error {
	stale := 0
	for _, o := range outs {
		path := filepath.Join(dir, o.path)
		old, err := os.ReadFile(path)
		if err == nil && bytes.Equal(old, o.data) {
			continue
		}
		if check {
			fmt.Fprintf(os.Stderr, "%s is not up to date\n", o.path)
			stale++
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, o.data, 0o644); err != nil {
			return err
		}
		fmt.Println("wrote", o.path)
	}
	if stale > 0 {
		return fmt.Errorf("%d generated files are stale; run `make generate`", stale)
	}
	return nil
}
