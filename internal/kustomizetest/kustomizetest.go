// SPDX-License-Identifier: Apache-2.0

// Package kustomizetest builds every combination of components with every
// overlay, for tests that look at the objects.
package kustomizetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/helm-wasm/helm-wasm/internal/overlay"
)

// Components are all of kustomize/components. KEDA comes last: it is not part of
// a kustomization with a namespace.
var Components = []string{
	"kafka-bundled", "kafka-strimzi", "kafka-external",
	"node-setup", "runtimes", "observability", "network-policy", KEDA,
}

// KEDA is the component that fetches a release of others.
const KEDA = "keda"

// Overlays are all of kustomize/overlays.
var Overlays = []string{"dev", "staging", "prod", "edge"}

// remote is the line that names KEDA's release.
var remote = regexp.MustCompile(`(?m)^  - https://github\.com/kedacore/keda/releases/\S+$`)

// Load reads kustomize/ of the repository at root into memory. Its one file from the
// web, KEDA's release, is replaced by what the pinned module contains.
func Load(root string, keda []byte) (*Tree, error) {
	fsys := filesys.MakeFsInMemory()
	top := filepath.Join(root, "kustomize")
	err := filepath.WalkDir(top, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(top, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if name == "components/keda/kustomization.yaml" {
			if len(remote.FindAll(data, -1)) != 1 {
				return fmt.Errorf("%s does not name one release of KEDA", path)
			}
			data = remote.ReplaceAll(data, []byte("  - keda.yaml"))
		}
		return fsys.WriteFile("/"+name, data)
	})
	if err != nil {
		return nil, err
	}
	return &Tree{fsys, map[string][]byte{}}, fsys.WriteFile("/components/keda/keda.yaml", keda)
}

// Release returns KEDA's release as in its module, at the version that
// charts/keda-source pins: kustomize's build of config/default.
func Release(root string) ([]byte, error) {
	cmd := exec.Command("go", "mod", "download", "-json", "github.com/kedacore/keda/v2")
	cmd.Dir = filepath.Join(root, "charts", "keda-source")
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("downloading KEDA's module: %w: %s", err, out)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		return nil, err
	}
	return overlay.Build(filesys.MakeFsOnDisk(), filepath.Join(module.Dir, "config", "default"), overlay.Options{})
}

// Short removes the schemas from CustomResourceDefinitions. They are most of a release,
// and kustomize does not look at them: builds are ten times as fast.
func Short(release []byte) []byte {
	documents := bytes.Split(release, []byte("\n---\n"))
	for i, d := range documents {
		if bytes.Contains(d, []byte("\nkind: CustomResourceDefinition\n")) {
			var kept []string
			skip := -1
			for _, line := range strings.Split(string(d), "\n") {
				indent := len(line) - len(strings.TrimLeft(line, " "))
				if skip >= 0 && (indent > skip || strings.TrimSpace(line) == "") {
					continue
				}
				skip = -1
				if strings.TrimSpace(line) == "openAPIV3Schema:" {
					skip = indent
					line += " {type: object, x-kubernetes-preserve-unknown-fields: true}"
				}
				kept = append(kept, line)
			}
			documents[i] = []byte(strings.Join(kept, "\n"))
		}
	}
	return bytes.Join(documents, []byte("\n---\n"))
}

// Combination is some components on an overlay, or on the base.
type Combination struct {
	Overlay    string // empty: the base
	Components []string

	subset int
}

func (c Combination) String() string {
	name := c.Overlay
	if name == "" {
		name = "base"
	}
	return name + " + " + strings.Join(c.Components, ", ")
}

// All returns the combinations of all subsets of components with the base and with
// every overlay, each in two orders.
func All() []Combination {
	var all []Combination
	for subset := range 1 << len(Components) {
		var components []string
		for i, name := range Components {
			if subset&(1<<i) != 0 {
				components = append(components, name)
			}
		}
		orders := [][]string{components}
		if len(components) > 1 {
			reverse := slices.Clone(components)
			slices.Reverse(reverse)
			orders = append(orders, reverse)
		}
		for _, order := range orders {
			for _, name := range append([]string{""}, Overlays...) {
				all = append(all, Combination{name, order, subset})
			}
		}
	}
	return all
}

// list is the entry `components` of an overlay.
var list = regexp.MustCompile(`(?m)^components:(.*\n)((  .*\n)*)`)

// Tree builds combinations of one repository's kustomize/.
type Tree struct {
	fsys  filesys.FileSystem
	built map[string][]byte // overlays that KEDA comes over, by name
}

// Dir builds a directory of kustomize/ as it is.
func (t *Tree) Dir(name string) ([]byte, error) {
	return overlay.Build(t.fsys, "/"+name, overlay.Options{})
}

// Build builds a combination. An overlay gets these components instead of its own; KEDA,
// if it is one of them, is a layer above, which takes the overlay as it is: so what was
// built without KEDA is used again.
func (t *Tree) Build(c Combination) ([]byte, error) {
	if c.Overlay == "" || !slices.Contains(c.Components, KEDA) {
		return t.build(c)
	}
	below := Combination{
		Overlay:    c.Overlay,
		Components: slices.DeleteFunc(slices.Clone(c.Components), func(name string) bool { return name == KEDA }),
	}
	out, done := t.built[below.String()]
	if !done {
		var err error
		if out, err = t.build(below); err != nil {
			return nil, err
		}
	}
	if err := t.fsys.WriteFile("/overlays/above/below.yaml", out); err != nil {
		return nil, err
	}
	if err := t.fsys.WriteFile("/overlays/above/kustomization.yaml",
		[]byte("resources: [below.yaml]\ncomponents: [../../components/keda]\n")); err != nil {
		return nil, err
	}
	return overlay.Build(t.fsys, "/overlays/above", overlay.Options{})
}

func (t *Tree) build(c Combination) ([]byte, error) {
	fsys := t.fsys
	var entries strings.Builder
	entries.WriteString("components:\n")
	for _, name := range c.Components {
		fmt.Fprintf(&entries, "  - ../../components/%s\n", name)
	}
	if entries.Len() == len("components:\n") {
		entries.Reset()
	}
	if c.Overlay == "" {
		dir := "/overlays/all"
		if err := fsys.WriteFile(dir+"/kustomization.yaml", []byte("resources: [../../base]\n"+entries.String())); err != nil {
			return nil, err
		}
		return overlay.Build(fsys, dir, overlay.Options{})
	}
	file := "/overlays/" + c.Overlay + "/kustomization.yaml"
	own, err := fsys.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if len(list.FindAll(own, -1)) != 1 {
		return nil, fmt.Errorf("%s has not one list of components", file)
	}
	defer fsys.WriteFile(file, own) //nolint:errcheck // in memory
	if err := fsys.WriteFile(file, list.ReplaceAllLiteral(own, []byte(entries.String()))); err != nil {
		return nil, err
	}
	out, err := overlay.Build(fsys, "/overlays/"+c.Overlay, overlay.Options{})
	if err == nil {
		t.built[c.String()] = out
	}
	return out, err
}
