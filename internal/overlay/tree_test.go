// SPDX-License-Identifier: Apache-2.0

package overlay_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/helm-wasm/helm-wasm/internal/overlay"
	"github.com/helm-wasm/helm-wasm/stack"
)

const tree = "../../kustomize"

// The component fetches the version of KEDA that the project pins.
func TestVersionOfKEDA(t *testing.T) {
	module, err := os.ReadFile("../../charts/keda-source/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	pinned := regexp.MustCompile(`github\.com/kedacore/keda/v2 v(\S+)`).FindStringSubmatch(string(module))
	component, err := os.ReadFile(tree + "/components/keda/kustomization.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if pinned == nil || !strings.Contains(string(component), "/download/v"+pinned[1]+"/keda-"+pinned[1]+".yaml\n") {
		t.Errorf("charts/keda-source pins %v, the component has\n%s", pinned, component)
	}
}

// The values of the base have no mistakes, since people copy them.
func TestValuesLint(t *testing.T) {
	data, err := os.ReadFile(tree + "/stack.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := stack.Parse("stack.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range stack.Lint(doc, stack.LintOptions{Release: "shop", Namespace: "shop"}) {
		if f.Severity != stack.SeverityInfo {
			t.Error(f)
		}
	}
}

// There is no field that kustomize has deprecated, and no unused file.
func TestTree(t *testing.T) {
	old := regexp.MustCompile(`(?m)^(bases|commonLabels|vars|patchesStrategicMerge|patchesJson6902|imageTags):`)
	var all []string
	if err := filepath.WalkDir(tree, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, err := filepath.Rel(tree, path)
		if err != nil {
			return err
		}
		name = "/" + filepath.ToSlash(name)
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if filepath.Base(path) == "kustomization.yaml" && old.Match(data) {
			t.Errorf("%s: %s is deprecated", name, old.Find(data))
		}
		if filepath.Base(path) != "README.md" && filepath.Base(path) != "values.yaml" && !strings.HasPrefix(name, "/krm/") &&
			name != "/stack.yaml" {
			all = append(all, name)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	// What overlays leave out is in one more.
	fsys := &recorder{
		FileSystem: shipped(t, "resources: [../../base]\ncomponents: [../../components/runtimes, ../../components/node-setup]\n"),
	}
	for _, dir := range []string{"dev", "staging", "prod", "edge", "mine"} {
		if _, err := overlay.Build(fsys, "/overlays/"+dir, overlay.Options{}); err != nil {
			t.Error(err)
		}
	}
	for _, name := range all {
		if !slices.Contains(fsys.read, name) && name != "/cluster/kustomization.yaml" && name != "/components/keda/kustomization.yaml" {
			t.Errorf("nothing uses kustomize%s", name)
		}
	}
}

// recorder records which files are read.
type recorder struct {
	filesys.FileSystem
	read []string
}

func (r *recorder) ReadFile(path string) ([]byte, error) {
	r.read = append(r.read, filepath.ToSlash(path))
	return r.FileSystem.ReadFile(path)
}
