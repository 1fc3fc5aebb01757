// SPDX-License-Identifier: Apache-2.0

package module

import (
	"archive/tar"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// FuzzKeychain: no pull secret breaks the parser, none is quoted in an error, and
// what it reads can be looked up.
func FuzzKeychain(f *testing.F) {
	f.Add(`{"auths":{"registry.example":{"username":"u","password":"p"}}}`, "registry.example/a/b:1")
	f.Add(`{"auths":{"https://index.docker.io/v1/":{"auth":"dTpw"}}}`, "a/b")
	f.Add(`{"auths":{"":{"auth":"Og=="},"/":{},"..":{}}}`, "ghcr.io/a@sha256:"+strings.Repeat("0", 64))
	f.Add(`{"auths":{"registry.example/team":{"auth":"%%%"}}}`, "registry.example/team/x")
	f.Add(`{"auths":[]}`, "x")
	f.Add(`{}`, "https:///registry.example/a")
	f.Fuzz(func(t *testing.T, config, image string) {
		file := filepath.Join(t.TempDir(), configName)
		if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
		keys, err := keychain(filepath.Dir(file))
		if err != nil {
			if text := strings.ReplaceAll(err.Error(), file, ""); len(config) > 12 && strings.Contains(text, config) {
				t.Errorf("the error quotes the secret: %s", text)
			}
			return
		}
		reference, err := name.ParseReference(image)
		if err != nil {
			return
		}
		auth, err := keys.Resolve(reference.Context())
		if err != nil || auth == nil {
			t.Fatalf("%v, %v", auth, err)
		}
		if auth != authn.Anonymous {
			if _, err := authn.Authorization(t.Context(), auth); err != nil {
				t.Logf("not usable: %v", err) // a broken auth field
			}
		}
	})
}

// FuzzExtract: whatever a layer contains, its module is found or an error says
// why not.
func FuzzExtract(f *testing.F) {
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	_ = w.WriteHeader(&tar.Header{Name: "module.wasm", Mode: 0o644, Size: int64(len(wasm)), Typeflag: tar.TypeReg})
	_, _ = w.Write(wasm)
	_ = w.Close()
	f.Add(archive.Bytes(), "/module.wasm")
	f.Add(archive.Bytes(), "")
	f.Add(archive.Bytes()[:700], "module.wasm")
	f.Add([]byte{}, "../../x.wasm")
	f.Add([]byte("\x1f\x8b not gzip"), "")
	f.Fuzz(func(t *testing.T, data []byte, entry string) {
		layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil })
		if err != nil {
			return
		}
		image, err := mutate.AppendLayers(empty.Image, layer)
		if err != nil {
			return
		}
		if image, err = mutate.Config(image, v1.Config{Entrypoint: []string{entry}}); err != nil {
			return
		}
		found, err := extract(image)
		if (found == nil) == (err == nil) && len(found) > 0 {
			t.Errorf("%d bytes and error %v", len(found), err)
		}
		if len(found) > len(data) && !bytes.HasPrefix(data, []byte("\x1f\x8b")) && !bytes.HasPrefix(data, []byte("\x28\xb5\x2f\xfd")) {
			t.Errorf("%d bytes out of %d", len(found), len(data))
		}
	})
}
