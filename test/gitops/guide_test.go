// SPDX-License-Identifier: Apache-2.0

package gitops

import (
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/fluxcd/pkg/kustomize"
	"github.com/google/go-containerregistry/pkg/registry"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// page is the guide: its files by path, its commands in order.
type page struct {
	files   map[string]string
	scripts []script
}

type script struct{ needs, text string }

// read reads the guide.
func read(t *testing.T) page {
	t.Helper()
	data, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	p := page{files: map[string]string{}}
	needs := ""
	for rest := string(data); ; {
		before, after, ok := strings.Cut(rest, "\n```")
		if !ok {
			break
		}
		if i := strings.LastIndex(before, "<!-- needs: "); i >= 0 {
			needs, _, _ = strings.Cut(before[i+len("<!-- needs: "):], " -->")
		}
		language, block, _ := strings.Cut(after, "\n")
		block, after, ok = strings.Cut(block, "\n```\n")
		if !ok {
			t.Fatal("a block does not end")
		}
		switch language {
		case "yaml":
			first, _, _ := strings.Cut(block, "\n")
			path, ok := strings.CutPrefix(first, "# ")
			if !ok || p.files[path] != "" {
				t.Fatalf("a file without a name, or twice: %q", first)
			}
			p.files[path] = block + "\n"
		case "sh":
			p.scripts = append(p.scripts, script{needs, block})
		default:
			t.Fatalf("a block of %q", language)
		}
		needs, rest = "", "\n"+after
	}
	if len(p.files) < 12 || len(p.scripts) < 6 {
		t.Fatalf("%d files and %d scripts: the guide had more", len(p.files), len(p.scripts))
	}
	return p
}

// write writes the files into a new Git repository with one commit.
func (p page) write(t *testing.T, dir string) string {
	t.Helper()
	for name, text := range p.files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "."}, {"commit", "-q", "-m", "fleet"}} {
		must(t, dir, "", "git", args...)
	}
	dist, err := filepath.Abs(root + "/dist")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(dist, filepath.Join(dir, "dist")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// host is the registry of the guide.
const host = "registry.example.com"

// fleet is the guide's repository after all of its commands, and the address of the
// registry that stands in for the guide's.
var fleet struct {
	once         sync.Once
	dir, address string
}

// followed returns a copy of the repository in which the guide was followed.
func followed(t *testing.T) (dir, address string) {
	t.Helper()
	fleet.once.Do(func() {
		p := read(t)
		made := p.write(t, filepath.Join(bin, "fleet"))
		fleet.address = strings.TrimPrefix(httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0)))).URL, "http://")
		for _, s := range p.scripts {
			follow(t, made, s)
		}
		fleet.dir = made
	})
	if fleet.dir == "" {
		t.Fatal("following the guide failed")
	}
	dir = filepath.Join(t.TempDir(), "fleet")
	must(t, ".", "", "cp", "-a", fleet.dir, dir)
	return dir, fleet.address
}

// follow runs a block of commands.
func follow(t *testing.T, dir string, s script) {
	t.Helper()
	text := s.text
	switch s.needs {
	case "":
	case "registry":
		text = strings.ReplaceAll(text, host, fleet.address) + " --plain-http"
	default:
		t.Fatalf("needs %q", s.needs)
	}
	out := must(t, dir, "set -euo pipefail\n"+text, "bash")
	t.Logf("%s\n%s", text, out)
	if strings.Contains(text, "helm-wasm build ") {
		want := "~ ScaledObject shop/shop-enrich-orders  (scaling only, no restart)\n    ~ spec.maxReplicaCount: 12 -> 24\n"
		if !strings.Contains(out, want) || !strings.Contains(out, "\n1 changed, 0 added, 0 removed") {
			t.Errorf("no %q alone in\n%s", want, out)
		}
	}
}

// built returns what kustomize makes of a directory.
func built(t *testing.T, dir string) []byte {
	t.Helper()
	res, err := kustomize.Build(filesys.MakeFsOnDisk(), dir)
	if err != nil {
		t.Fatal(err)
	}
	data, err := res.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestGuide: the commands do what the guide says, and the check fails when what is in Git
// differs from what the values render.
func TestGuide(t *testing.T) {
	dir, _ := followed(t)
	check := []string{
		"diff", "--check", "--all", "--no-hooks", "--release", "shop", "--namespace", "shop", "-f",
		"shop/stack.yaml", "shop/manifests",
	}
	must(t, dir, "", "helm-wasm", check...)
	file := filepath.Join(dir, "shop/stack.yaml")
	values, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(values), "lagThreshold: 50", "lagThreshold: 20", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := run(t, dir, "", "helm-wasm", check...)
	if err == nil || !strings.Contains(out, `spec.triggers[name=kafka].metadata.lagThreshold: "50" -> "20"`) {
		t.Errorf("stale manifests pass: %v\n%s", err, out)
	}
	branch := must(t, dir, "", "bash", "-c",
		"git show main:shop/stack.yaml | helm-wasm diff --all --release shop --namespace shop - shop/stack.yaml")
	if !strings.Contains(branch, "(scaling only, no restart)") {
		t.Errorf("the branch: %s", branch)
	}
}

// TestGuideVersions: the page names the versions that go.mod pins.
func TestGuideVersions(t *testing.T) {
	text, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"Argo CD": argoCD, "helm-controller": "github.com/fluxcd/helm-controller/api",
		"kustomize-controller": "github.com/fluxcd/kustomize-controller/api",
		"source-controller":    "github.com/fluxcd/source-controller/api",
	} {
		_, version, _ := strings.Cut(string(mod), "\t"+path+" v")
		parts := strings.SplitN(version, ".", 3)
		if len(parts) < 3 || !strings.Contains(string(text), name+" "+parts[0]+"."+parts[1]) {
			t.Errorf("the guide does not name %s of %s %.8s", name, path, version)
		}
	}
}

// TestGuideHasNoHooks: nothing in Git is an object that only Helm may apply.
func TestGuideHasNoHooks(t *testing.T) {
	dir, _ := followed(t)
	data, err := os.ReadFile(filepath.Join(dir, "shop/manifests/stack.yaml"))
	if err != nil || strings.Contains(string(data), "helm.sh/hook") || len(objects(t, string(data))) < 6 {
		t.Errorf("%v\n%s", err, data)
	}
}
