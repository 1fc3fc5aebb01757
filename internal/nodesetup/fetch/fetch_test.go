// SPDX-License-Identifier: Apache-2.0

package fetch

import (
	"archive/tar"
	"bytes"
	"context"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/config"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/fakenode"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/host"
)

const shim = "containerd-shim-wasmtime-v1"

// image pushes an index with one image for this architecture and returns its
// reference by digest.
func image(t *testing.T, files ...string) string {
	t.Helper()
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(server.Close)
	built := empty.Image
	for _, file := range files {
		path, content, _ := strings.Cut(file, "=")
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		if err := w.WriteHeader(&tar.Header{Name: path, Mode: 0o755, Size: int64(len(content))}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, content); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.Bytes())), nil })
		if err != nil {
			t.Fatal(err)
		}
		if built, err = mutate.AppendLayers(built, layer); err != nil {
			t.Fatal(err)
		}
	}
	index := mutate.AppendManifests(empty.Index, mutate.IndexAddendum{
		Add:        built,
		Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: runtime.GOARCH}},
	})
	tag, err := name.NewTag(strings.TrimPrefix(server.URL, "http://") + "/shims:1")
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.WriteIndex(tag, index); err != nil {
		t.Fatal(err)
	}
	digest, err := index.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return tag.Context().Name() + "@" + digest.String()
}

func TestSources(t *testing.T) {
	elf := "\x7fELF and more"
	one := func(data string) config.Source {
		return config.Source{
			URL:    map[string]string{runtime.GOARCH: fakenode.Serve(t, []byte(data))},
			SHA256: map[string]string{runtime.GOARCH: fakenode.SHA256([]byte(data))},
		}
	}
	f := fakenode.New(t)
	cases := map[string]struct {
		from config.Source
		want string // of the program, or of the error
		fail bool
	}{
		"bare program":       {one(elf), elf, false},
		"archive":            {one(string(f.Archive(shim, "#!x"))), "#!x", false},
		"archive without it": {one(string(f.Archive("other", "#!x"))), "there is no file", true},
		"web page":           {one("<html>"), "neither an ELF program nor a .tar.gz", true},
		"empty":              {one(""), "it is empty", true},
		"cut archive":        {one(string(f.Archive(shim, "#!x")[:40])), "unexpected EOF", true},
		"image":              {config.Source{Image: image(t, "usr/bin/"+shim+"=old", "opt/"+shim+"=new")}, "new", false},
		"image without it":   {config.Source{Image: image(t, "usr/bin/x=old")}, "has no file", true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			fetcher := Fetcher{Host: &host.Host{Root: "/"}, StateDir: dir + "/state"}
			to := dir + "/bin/" + shim
			err := fetcher.Program(context.Background(), "wasmtime", c.from, to)
			if c.fail {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("error is %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got, err := os.ReadFile(host.TempName(to)); err != nil || string(got) != c.want {
				t.Errorf("the program is %q, %v", got, err)
			}
			if left, _ := os.ReadDir(dir + "/state"); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}
