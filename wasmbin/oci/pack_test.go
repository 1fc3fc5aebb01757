// SPDX-License-Identifier: Apache-2.0

package oci

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/validate"

	"github.com/helm-wasm/helm-wasm/wasmbin"
)

// A command: one type, one function exported as _start.
var coreModule = []byte(
	"\x00asm\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00\x07\x0a\x01\x06_start\x00\x00\x0a\x04\x01\x02\x00\x0b",
)

// A component that imports wasi:io/poll@0.2.0 and exports a handler.
var component = append([]byte("\x00asm\x0d\x00\x01\x00\x0a\x17\x01\x00\x12wasi:io/poll@0.2.0\x05\x00"),
	"\x0b\x26\x01\x00\x20wasi:http/incoming-handler@0.2.0\x05\x00\x00"...)

func TestFixturesAreBinaries(t *testing.T) {
	for _, wasm := range [][]byte{coreModule, component} {
		if _, err := wasmbin.Inspect(wasm); err != nil {
			t.Error(err)
		}
	}
}

func gz(b []byte) ([]byte, error) {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write(b)
	err = errors.Join(err, w.Close())
	return out.Bytes(), err
}

// unpack writes an archive to a directory, as tools that import it do.
func unpack(t *testing.T, archive []byte) string {
	t.Helper()
	dir := t.TempDir()
	r := tar.NewReader(bytes.NewReader(archive))
	for {
		h, err := r.Next()
		if err == io.EOF {
			return dir
		}
		if err != nil {
			t.Fatal(err)
		}
		if !h.ModTime.IsZero() && h.ModTime.Unix() != 0 || h.Uid != 0 || h.Gid != 0 {
			t.Errorf("%s: time %v, owner %d:%d", h.Name, h.ModTime, h.Uid, h.Gid)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, filepath.FromSlash(h.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// moduleIn reads the binary out of an image, as a runtime would.
func moduleIn(t *testing.T, img v1.Image, format Format) []byte {
	t.Helper()
	layers, err := img.Layers()
	if err != nil || len(layers) != 1 {
		t.Fatalf("%d layers, %v", len(layers), err)
	}
	r, err := layers[0].Uncompressed()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var content io.Reader = r
	if format == Scratch {
		files := tar.NewReader(r)
		h, err := files.Next()
		if err != nil || h.Name != "module.wasm" || h.FileInfo().Mode() != 0o755 {
			t.Fatalf("first file %+v, %v", h, err)
		}
		content = files
	}
	data, err := io.ReadAll(content)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestPack reads every format back with another implementation of the
// specification, validates it, pushes it to a registry and pulls it.
func TestPack(t *testing.T) {
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	tests := []struct {
		name   string
		wasm   []byte
		opts   Options
		config string // must be in the configuration
	}{
		{"scratch", coreModule, Options{Format: Scratch}, `"Entrypoint":["/module.wasm"]`},
		{"scratch gzip", coreModule, Options{Format: Scratch, Compress: gz}, `"User":"65532:65532"`},
		{"scratch component", component, Options{}, `"StopSignal":"SIGINT"`},
		{"layer", coreModule, Options{Format: Layer}, `"architecture":"wasm","os":"wasip1"`},
		{"layer component", component, Options{Format: Layer}, `"ExposedPorts":{"8080/tcp":{}}`},
		{
			"artifact",
			coreModule,
			Options{Format: Artifact},
			`"created":"1970-01-01T00:00:00Z","architecture":"wasm","os":"wasip1","layerDigests":["sha256:`,
		},
		{"artifact component", component, Options{Format: Artifact, Created: "2026-01-02T03:04:05Z"}, `"os":"wasip2"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.opts.Reference = host + "/acme/" + strings.ReplaceAll(tt.name, " ", "-") + ":1.0"
			tt.opts.Annotations = map[string]string{"org.opencontainers.image.source": "https://example.com/x"}
			packed, err := Pack(tt.wasm, tt.opts)
			if err != nil {
				t.Fatal(err)
			}
			index, err := layout.ImageIndexFromPath(unpack(t, packed.Archive()))
			if err != nil {
				t.Fatal(err)
			}
			switch { // the validator knows gzip layers only, and image configurations only
			case tt.opts.Compress != nil:
				err = validate.Index(index)
			case packed.Format != Artifact:
				err = validate.Index(index, validate.Fast)
			}
			if err != nil {
				t.Fatal(err)
			}
			top, err := index.IndexManifest()
			if err != nil || len(top.Manifests) != 1 || top.Manifests[0].Digest.String() != packed.Digest ||
				top.Manifests[0].Annotations["io.containerd.image.name"] != tt.opts.Reference ||
				top.Manifests[0].Annotations["org.opencontainers.image.ref.name"] != "1.0" {
				t.Fatalf("index %+v, %v", top, err)
			}
			ref, err := name.ParseReference(tt.opts.Reference)
			if err != nil {
				t.Fatal(err)
			}
			hash := top.Manifests[0].Digest
			images := []v1.Image{}
			if packed.Format == Scratch {
				nested, err := index.ImageIndex(hash)
				if err != nil {
					t.Fatal(err)
				}
				if err := remote.WriteIndex(ref, nested); err != nil {
					t.Fatal(err)
				}
				for _, arch := range []string{"amd64", "arm64"} {
					img, err := remote.Image(ref, remote.WithPlatform(v1.Platform{OS: "linux", Architecture: arch}))
					if err != nil {
						t.Fatal(err)
					}
					images = append(images, img)
				}
			} else {
				img, err := index.Image(hash)
				if err != nil {
					t.Fatal(err)
				}
				if err := remote.Write(ref, img); err != nil {
					t.Fatal(err)
				}
				if img, err = remote.Image(ref); err != nil {
					t.Fatal(err)
				}
				images = append(images, img)
			}
			if head, err := remote.Head(ref); err != nil || head.Digest != hash {
				t.Errorf("the registry has %v, %v", head, err)
			}
			for _, img := range images {
				if got := moduleIn(t, img, packed.Format); !bytes.Equal(got, tt.wasm) {
					t.Errorf("the module came back as %d bytes", len(got))
				}
				config, err := img.RawConfigFile()
				if err != nil || !strings.Contains(string(config), tt.config) {
					t.Errorf("configuration %s, %v", config, err)
				}
				m, err := img.Manifest()
				if err != nil || m.Annotations["org.opencontainers.image.source"] == "" {
					t.Errorf("manifest %+v, %v", m, err)
				}
			}
			again, err := Pack(tt.wasm, tt.opts)
			if err != nil || !bytes.Equal(again.Archive(), packed.Archive()) {
				t.Errorf("not reproducible, %v", err)
			}
		})
	}
}

// TestPackDigests pins the bytes of each format: changing them changes every
// user's digests, and must be intended.
func TestPackDigests(t *testing.T) {
	want := map[Format]string{
		Scratch:  "sha256:f83a53ddef4f853394c3b86f9d76019a7411f01d6f1ec2f2e1429f2d8b47dcd4",
		Layer:    "sha256:c15dfbf514fe13738303e59c6f3faf43533abeaa3ca0c966a7bded21dc81db03",
		Artifact: "sha256:caff8225164b402169091764dae6aaeb7641347144fa537a111206fa54537c1d",
	}
	for format, digest := range want {
		img, err := Pack(coreModule, Options{Format: format})
		if err != nil {
			t.Fatal(err)
		}
		if img.Digest != digest {
			t.Errorf("%s: %s", format, img.Digest)
		}
	}
}

func TestPackRefuses(t *testing.T) {
	tests := []struct {
		name string
		wasm []byte
		opts Options
		want string
	}{
		{"not a binary", []byte("(module)"), Options{}, "wat2wasm"},
		{"format", coreModule, Options{Format: "docker"}, `format "docker" is not known: choose one of`},
		{"name", coreModule, Options{Name: "../x.wasm"}, "must be a plain name"},
		{"long name", coreModule, Options{Name: strings.Repeat("x", 101)}, "must be a plain name"},
		{"reference", coreModule, Options{Reference: "ghcr.io/a b"}, "must be like"},
		{
			"compressor",
			coreModule,
			Options{Compress: func([]byte) ([]byte, error) { return nil, errors.New("full") }},
			"compressing the layer: full",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Pack(tt.wasm, tt.opts); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestTagOf(t *testing.T) {
	for ref, want := range map[string]string{
		"ghcr.io/a/b:1": "1", "localhost:5000/a": "", "localhost:5000/a:x": "x", "a": "", "a:1@sha256:00": "1", "": "",
	} {
		if got := tagOf(ref); got != want {
			t.Errorf("%q: %q, want %q", ref, got, want)
		}
	}
}
