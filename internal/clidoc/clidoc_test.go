// SPDX-License-Identifier: Apache-2.0

package clidoc

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"go.yaml.in/yaml/v3"
)

var update = flag.Bool("update", false, "write the generated files")

func TestGenerated(t *testing.T) {
	for name, want := range map[string][]byte{
		"completion.yaml": Completion(),
		"docs/CLI.md":     Reference(),
	} {
		file := filepath.Join("..", "..", name)
		if *update {
			if err := os.WriteFile(file, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s does not match the command table: run make generate", name)
		}
	}
}

// TestCompletion reads the file as Helm does: a letter must stand for one flag.
func TestCompletion(t *testing.T) {
	var file struct {
		Name     string
		Commands []struct {
			Name             string
			Flags, ValidArgs []string
		}
	}
	if err := yaml.Unmarshal(Completion(), &file); err != nil {
		t.Fatal(err)
	}
	if file.Name != "wasm" || len(file.Commands) == 0 {
		t.Fatalf("completion %+v", file)
	}
	for _, c := range file.Commands {
		seen := map[string]bool{}
		longs, shorts := 0, 0
		for _, f := range c.Flags {
			if seen[f] {
				t.Errorf("%s: flag %s twice, which stops Helm's completion", c.Name, f)
			}
			seen[f] = true
			if len(f) == 1 {
				shorts++
			} else {
				longs++
			}
			if f == "h" || f == "n" {
				t.Errorf("%s: -%s is Helm's own", c.Name, f)
			}
		}
		if shorts > longs {
			t.Errorf("%s: more letters than flags", c.Name)
		}
	}
}
