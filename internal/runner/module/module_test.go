// SPDX-License-Identifier: Apache-2.0

package module

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

var wasm = []byte("\x00asm\x01\x00\x00\x00 pretend")

func tarLayer(t *testing.T, files map[string][]byte) v1.Layer {
	t.Helper()
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for file, data := range files {
		if err := w.WriteHeader(&tar.Header{Name: file, Mode: 0o644, Size: int64(len(data)), Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(buf.Bytes())), nil })
	if err != nil {
		t.Fatal(err)
	}
	return layer
}

func imageOf(t *testing.T, layers ...v1.Layer) v1.Image {
	t.Helper()
	image, err := mutate.AppendLayers(empty.Image, layers...)
	if err != nil {
		t.Fatal(err)
	}
	return image
}

// guarded starts a registry that requires user and password.
func guarded(t *testing.T) (host string, push []remote.Option) {
	inner := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "u" || password != "p" {
			w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		inner.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://"), []remote.Option{remote.WithAuth(&authn.Basic{Username: "u", Password: "p"})}
}

func secretDir(t *testing.T, host, password string) string {
	t.Helper()
	dir := t.TempDir()
	// As the kubelet mounts it: the file is a link into ..data.
	data := filepath.Join(dir, "..2026_11_23")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf(`{"auths":{"https://%s/":{"username":"u","password":%q},"other.example.com":{"auth":"eDp5"}}}`, host, password)
	if err := os.WriteFile(filepath.Join(data, "pull.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(data, "pull.json"), filepath.Join(dir, "pull.json")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestPullLayouts(t *testing.T) {
	host, push := guarded(t)
	withEntry, err := mutate.Config(
		imageOf(t, tarLayer(t, map[string][]byte{"a.wasm": []byte("wrong")}), tarLayer(t, map[string][]byte{"app/run.wasm": wasm})),
		v1.Config{Entrypoint: []string{"/app/run.wasm"}},
	)
	if err != nil {
		t.Fatal(err)
	}
	artifact := mutate.ConfigMediaType(
		mutate.MediaType(imageOf(t, static.NewLayer(wasm, types.MediaType(wasmLayer))), types.OCIManifestSchema1),
		"application/vnd.wasm.config.v0+json",
	)
	index := mutate.AppendManifests(empty.Index,
		mutate.IndexAddendum{
			Add:        imageOf(t, tarLayer(t, map[string][]byte{"x": []byte("attestation")})),
			Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "unknown", Architecture: "unknown"}},
		},
		mutate.IndexAddendum{
			Add:        imageOf(t, tarLayer(t, map[string][]byte{"n": []byte("native")})),
			Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: "amd64"}},
		},
		mutate.IndexAddendum{
			Add:        imageOf(t, tarLayer(t, map[string][]byte{"m.wasm": wasm})),
			Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "wasip1", Architecture: "wasm"}},
		},
	)
	tests := map[string]any{
		"scratch":  imageOf(t, tarLayer(t, map[string][]byte{"module.wasm": wasm})),
		"entry":    withEntry,
		"layer":    imageOf(t, static.NewLayer(wasm, types.MediaType("application/vnd.module.wasm.content.layer.v1+wasm"))),
		"artifact": artifact,
		"index":    index,
	}
	for label, content := range tests {
		t.Run(label, func(t *testing.T) {
			ref, err := name.ParseReference(host + "/acme/" + label + ":v1")
			if err != nil {
				t.Fatal(err)
			}
			var digest v1.Hash
			switch content := content.(type) {
			case v1.Image:
				err = remote.Write(ref, content, push...)
				digest, _ = content.Digest()
			case v1.ImageIndex:
				err = remote.WriteIndex(ref, content, push...)
				digest, _ = content.Digest()
			}
			if err != nil {
				t.Fatal(err)
			}
			source := Source{Image: host + "/acme/" + label + "@" + digest.String(), DockerConfig: secretDir(t, host, "p")}
			got, err := source.Fetch(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, wasm) {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestPullErrors(t *testing.T) {
	host, push := guarded(t)
	ref, _ := name.ParseReference(host + "/acme/none:v1")
	if err := remote.Write(ref, imageOf(t, tarLayer(t, map[string][]byte{"readme.txt": []byte("x")})), push...); err != nil {
		t.Fatal(err)
	}
	missing := "@sha256:" + strings.Repeat("0", 64)
	tests := []struct {
		name      string
		source    Source
		want      string
		temporary bool
	}{
		{"no module inside", Source{Image: host + "/acme/none:v1", DockerConfig: secretDir(t, host, "p")}, "contains no .wasm", false},
		{"wrong password", Source{Image: host + "/acme/none:v1", DockerConfig: secretDir(t, host, "wrong")}, "imagePullSecrets", false},
		{"no secret", Source{Image: host + "/acme/none:v1"}, "imagePullSecrets", false},
		{"missing digest", Source{Image: host + "/acme/none" + missing, DockerConfig: secretDir(t, host, "p")}, "does not exist", false},
		{"bad reference", Source{Image: "UPPER CASE"}, "parsing module.image", false},
		{"nobody there", Source{Image: "127.0.0.1:1/acme/x:v1"}, "connection refused", true},
		{"no file", Source{Path: "/does/not/exist.wasm"}, "no such file", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := test.source.Fetch(context.Background())
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("error %v, want %q in it", err, test.want)
			}
			if Temporary(err) != test.temporary {
				t.Errorf("temporary is %v", Temporary(err))
			}
			if strings.Contains(err.Error(), "wrong") && test.name == "wrong password" {
				t.Errorf("the error shows the password: %v", err)
			}
		})
	}
}

// TestDigestIsChecked serves other bytes than the digest says.
func TestDigestIsChecked(t *testing.T) {
	inner := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	tamper := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if tamper && strings.Contains(r.URL.Path, "/blobs/") {
			fmt.Fprint(w, "\x00asm\x01\x00\x00\x00 evil!!!")
			return
		}
		inner.ServeHTTP(w, r)
	}))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	image := imageOf(t, static.NewLayer(wasm, types.MediaType(wasmLayer)))
	ref, _ := name.ParseReference(host + "/acme/m:v1")
	if err := remote.Write(ref, image); err != nil {
		t.Fatal(err)
	}
	tamper = true
	digest, _ := image.Digest()
	if got, err := (Source{Image: host + "/acme/m@" + digest.String()}).Fetch(context.Background()); err == nil {
		t.Errorf("other bytes were accepted: %q", got)
	}
}
