// SPDX-License-Identifier: Apache-2.0

package images

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

const root = "../.."

var compiled = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "images")
	if err != nil {
		return "", err
	}
	b := Builder{Root: root, Build: filepath.Join(dir, "build"), Dist: filepath.Join(dir, "dist"), Out: io.Discard}
	return dir, b.Programs(context.Background())
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, _ := compiled(); dir != "" {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

// built makes the images of the programs, once.
func built(t *testing.T) string {
	t.Helper()
	dir, err := compiled()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// open reads a layout back: the named index, and what else it contains.
func open(t *testing.T, dir string) (index v1.ImageIndex, all *v1.IndexManifest, reference string) {
	t.Helper()
	top, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		t.Fatal(err)
	}
	if all, err = top.IndexManifest(); err != nil {
		t.Fatal(err)
	}
	if index, err = top.ImageIndex(all.Manifests[0].Digest); err != nil {
		t.Fatal(err)
	}
	return index, all, all.Manifests[0].Annotations[fullName]
}

// files lists the headers of an image's files and reads their contents.
func files(t *testing.T, img v1.Image) (map[string]*tar.Header, map[string][]byte) {
	t.Helper()
	headers, contents := map[string]*tar.Header{}, map[string][]byte{}
	stream := mutate.Extract(img)
	defer stream.Close()
	for r := tar.NewReader(stream); ; {
		h, err := r.Next()
		if err == io.EOF {
			return headers, contents
		}
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(h.Name, "/")
		headers[name] = h
		if contents[name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPrograms(t *testing.T) {
	dir := built(t)
	for _, p := range Programs() {
		if !p.Exists(root) {
			continue
		}
		t.Run(p.Name, func(t *testing.T) {
			index, all, reference := open(t, filepath.Join(dir, "dist", "images", p.Name))
			if err := validate.Index(index); err != nil {
				t.Error(err)
			}
			if reference != p.Reference() || len(all.Manifests) != 3 {
				t.Errorf("reference %q, %d manifests", reference, len(all.Manifests))
			}
			list, err := index.IndexManifest()
			if err != nil {
				t.Fatal(err)
			}
			for i, arch := range Arches {
				if p := list.Manifests[i].Platform; p.OS != "linux" || p.Architecture != arch {
					t.Errorf("platform %v", p)
				}
				img, err := index.Image(list.Manifests[i].Digest)
				if err != nil {
					t.Fatal(err)
				}
				checkImage(t, p, arch, img)
			}
		})
	}
}

func checkImage(t *testing.T, p Program, arch string, img v1.Image) {
	config, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	c := config.Config
	if config.Architecture != arch || c.User != "65532:65532" || len(c.Entrypoint) != 1 ||
		c.Entrypoint[0] != "/"+p.Name || len(c.Cmd) > 0 || !config.Created.IsZero() {
		t.Errorf("%s: configuration %+v", arch, config)
	}
	if c.Labels["org.opencontainers.image.licenses"] != "Apache-2.0" || c.Labels["org.opencontainers.image.version"] == "" {
		t.Errorf("labels %v", c.Labels)
	}
	headers, contents := files(t, img)
	if h := headers["tmp"]; h == nil || h.Mode != 0o1777 {
		t.Errorf("/tmp is %+v", h)
	}
	for _, d := range p.Dirs {
		if h := headers[strings.TrimSuffix(d, "/")]; h == nil || h.Uid != User {
			t.Errorf("%s is %+v, want it to be the user's", d, h)
		}
	}
	for name, h := range headers {
		if h.ModTime.Unix() != 0 || h.Uname != "" {
			t.Errorf("%s names the machine: %+v", name, h)
		}
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(contents["etc/ssl/certs/ca-certificates.crt"]) ||
		bytes.Count(contents["etc/ssl/certs/ca-certificates.crt"], []byte("BEGIN")) < 100 {
		t.Error("there are no certificate authorities")
	}
	if !bytes.Contains(contents["etc/passwd"], []byte("nonroot:x:65532:65532:")) {
		t.Error("etc/passwd does not know the user")
	}
	if program := contents[p.Name]; !bytes.HasPrefix(program, []byte("\x7fELF")) || bytes.Contains(program, []byte("/ld-linux")) {
		t.Error("the program is not static")
	}
}

// TestRuns runs the program in the image, in the image's file system and as its user.
func TestRuns(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("chroot needs root, which CI has; sudo make test-images runs this")
	}
	dir := built(t)
	index, _, _ := open(t, filepath.Join(dir, "dist", "images", "wasm-runner"))
	list, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list.Manifests {
		if d.Platform.Architecture == goarch {
			img, err := index.Image(d.Digest)
			if err != nil {
				t.Fatal(err)
			}
			runIn(t, unpack(t, img))
		}
	}
}

func unpack(t *testing.T, img v1.Image) string {
	dir := t.TempDir()
	// The user of the image has to get through to it.
	for d := dir; strings.HasPrefix(d, os.TempDir()) && d != os.TempDir(); d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	headers, contents := files(t, img)
	for name, h := range headers {
		target := filepath.Join(dir, name)
		var err error
		if h.Typeflag == tar.TypeDir {
			err = os.MkdirAll(target, 0o755)
		} else if err = os.MkdirAll(filepath.Dir(target), 0o755); err == nil {
			err = os.WriteFile(target, contents[name], fs.FileMode(h.Mode))
		}
		if err == nil {
			err = os.Chown(target, h.Uid, h.Gid)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestSBOM(t *testing.T) {
	dir := built(t)
	index, all, _ := open(t, filepath.Join(dir, "dist", "images", "wasm-runner"))
	list, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	for i, arch := range Arches {
		text, err := os.ReadFile(filepath.Join(dir, "dist", "sbom", "wasm-runner-linux-"+arch+".spdx.json"))
		if err != nil {
			t.Fatal(err)
		}
		var doc spdxDocument
		if err := json.Unmarshal(text, &doc); err != nil {
			t.Fatal(err)
		}
		ids, purls := map[string]bool{"SPDXRef-DOCUMENT": true}, map[string]bool{}
		for _, p := range doc.Packages {
			if ids[p.ID] || p.Version == "" || p.Concluded != "NOASSERTION" {
				t.Errorf("package %+v", p)
			}
			ids[p.ID] = true
			name, _, _ := strings.Cut(p.Refs[0].Locator, "@")
			purls[name] = true
		}
		for _, want := range []string{"github.com/tetratelabs/wazero", "github.com/twmb/franz-go", "stdlib", rootsModule} {
			if !purls["pkg:golang/"+want] {
				t.Errorf("%s: %s is missing", arch, want)
			}
		}
		for _, r := range doc.Relationships {
			if !ids[r.From] || !ids[r.To] {
				t.Errorf("relationship %+v names what is not there", r)
			}
		}
		var m artifactManifest
		blobs := filepath.Join(dir, "dist", "images", "wasm-runner", "blobs", "sha256")
		raw, err := os.ReadFile(filepath.Join(blobs, all.Manifests[1+i].Digest.Hex))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, &m); err != nil || m.ArtifactType != typeSPDX || m.Subject.Digest != list.Manifests[i].Digest {
			t.Errorf("%s: referrer %+v, %v", arch, m, err)
		}
		if got, err := os.ReadFile(filepath.Join(blobs, m.Layers[0].Digest.Hex)); err != nil || !bytes.Equal(got, text) {
			t.Errorf("%s: the attached bill of materials differs: %v", arch, err)
		}
	}
}

// TestReproducible builds the tree again, from another directory.
func TestReproducible(t *testing.T) {
	dir := built(t)
	other := t.TempDir()
	copyTree(t, filepath.Join(other, "tree"))
	b := Builder{
		Root: filepath.Join(other, "tree"), Build: filepath.Join(other, "build"), Dist: filepath.Join(other, "dist"),
		Out: io.Discard,
	}
	if err := b.Programs(t.Context()); err != nil {
		t.Fatal(err)
	}
	first, second := sums(t, filepath.Join(dir, "dist")), sums(t, filepath.Join(other, "dist"))
	if len(first) < 10 || len(first) != len(second) {
		t.Errorf("%d and %d files", len(first), len(second))
	}
	for file, sum := range first {
		if second[file] != sum {
			t.Errorf("%s differs", file)
		}
	}
}

func copyTree(t *testing.T, to string) {
	t.Helper()
	list, err := exec.Command("git", "-C", root, "ls-files", "-co", "--exclude-standard", "--",
		"*.go", "go.mod", "go.sum", "charts", "stack", "internal/nodesetup", ":!test", ":!bench",
		":!*_test.go").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range strings.Fields(string(list)) {
		data, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			continue // removed, and not committed yet
		}
		target := filepath.Join(to, file)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(target, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func sums(t *testing.T, dir string) map[string][32]byte {
	t.Helper()
	got := map[string][32]byte{}
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(file)
		name, _ := filepath.Rel(dir, file)
		got[name] = sha256.Sum256(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}
