// SPDX-License-Identifier: Apache-2.0

package diff

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/command"
	"github.com/helm-wasm/helm-wasm/stack"
)

// maxManifests is the size in bytes of the largest file of manifests.
const maxManifests = 256 << 20

// side is one of the two sides of a comparison.
type side struct {
	name    string
	values  *stack.Document // nil for manifests
	objects []Object
	notes   []string
}

// open reads what an argument names: values, manifests, or a directory of manifests.
func open(c *command.Call, name string) (*side, error) {
	if name != "-" {
		info, err := os.Stat(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("%s: no such file or directory", name)
		case err != nil:
			return nil, err
		case info.IsDir():
			return directory(name)
		}
	}
	data, err := c.Read(name, "values or manifests", maxManifests)
	if err != nil {
		return nil, err
	}
	if manifests(data) {
		if name == "-" {
			name = c.Flags.String("filename")
		}
		s := &side{name: name}
		s.objects, err = Read(name, data)
		return s, err
	}
	doc, err := c.ParseValues(name, data)
	return &side{name: name, values: doc}, err
}

// manifests reports whether a file contains Kubernetes objects rather than values: its
// first document has a kind.
func manifests(data []byte) bool {
	kind, version := false, false
	for _, doc := range split(string(data)) {
		for line := range strings.Lines(doc) {
			kind = kind || strings.HasPrefix(line, "kind:")
			version = version || strings.HasPrefix(line, "apiVersion:")
		}
		if kind || version {
			return true
		}
		if v, err := decode(doc); err == nil {
			// JSON, or quoted keys.
			if m, ok := v.(map[string]any); ok {
				return m["kind"] != nil && m["apiVersion"] != nil
			}
		}
	}
	return false
}

// directory reads all manifests below a directory, in the order of their names.
func directory(dir string) (*side, error) {
	s := &side{name: dir}
	files := 0
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hiddenName := name != "." && strings.HasPrefix(path.Base(name), ".")
		if e.IsDir() {
			if hiddenName {
				return fs.SkipDir
			}
			return nil
		}
		if hiddenName || !slices.Contains([]string{".yaml", ".yml", ".json"}, path.Ext(name)) && path.Base(name) != "Kustomization" {
			return nil
		}
		full := filepath.Join(dir, filepath.FromSlash(name))
		if kustomization(path.Base(name)) {
			s.notes = append(s.notes, full+" is for kustomize and was left out: what it changes is not in this comparison")
			return nil
		}
		data, err := os.ReadFile(full)
		if err != nil {
			return err
		}
		files++
		objects, err := Read(full, data)
		s.objects = append(s.objects, objects...)
		return err
	})
	if err == nil && files == 0 {
		s.notes = append(s.notes, dir+" contains no manifests (*.yaml, *.yml, *.json)")
	}
	return s, err
}

// kustomization reports whether a file has one of the names that kustomize reads.
func kustomization(base string) bool {
	return base == "kustomization.yaml" || base == "kustomization.yml" || base == "Kustomization"
}

// render renders the side if it consists of values.
func (s *side) render(c *command.Call) error {
	if s.values == nil {
		return nil
	}
	rendered, err := c.Render(s.values, c.Flags.Bool("all"))
	if err != nil {
		return err
	}
	s.objects, err = Read("what "+s.name+" renders", []byte(rendered.Manifests()))
	return err
}

// more notes that --all would render objects that are now reported as removed.
func (s *side) more(c *command.Call, r *Report) {
	if s.values == nil || c.Flags.Bool("all") || r.Count(Removed) == 0 {
		return
	}
	rendered, err := c.Render(s.values, true)
	if err != nil {
		return // the rest of the chart was not asked for
	}
	names := map[string]bool{}
	for _, o := range rendered.Objects() {
		names[ID{Kind: o.Kind, Namespace: o.Namespace, Name: o.Name}.String()] = true
	}
	n := 0
	for i := range r.Objects {
		if o := &r.Objects[i]; o.Op == Removed && names[o.ID.String()] {
			n++
		}
	}
	if n > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("%d of the removed objects would be rendered with --all", n))
	}
}
