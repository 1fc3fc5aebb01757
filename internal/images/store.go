// SPDX-License-Identifier: Apache-2.0

package images

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/helm-wasm/helm-wasm/internal/push"
	"github.com/helm-wasm/helm-wasm/internal/version"
	"github.com/helm-wasm/helm-wasm/wasmbin/oci"
)

// Annotations that tools which import a layout read.
const (
	refName  = "org.opencontainers.image.ref.name"
	fullName = "io.containerd.image.name"
)

// Write makes an OCI image layout: the index by its tag, and what refers to
// its images.
func (img *Image) Write(dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	path, err := layout.Write(dir, empty.Index)
	if err != nil {
		return fmt.Errorf("writing the image layout: %w", err)
	}
	tag := img.Reference[strings.LastIndexByte(img.Reference, ':')+1:]
	names := layout.WithAnnotations(map[string]string{refName: tag, fullName: img.Reference})
	if err := path.AppendIndex(img.Index, names); err != nil {
		return fmt.Errorf("writing %q: %w", img.Reference, err)
	}
	for _, r := range img.Referrers {
		if err := path.AppendImage(r); err != nil {
			return fmt.Errorf("writing what refers to %q: %w", img.Reference, err)
		}
	}
	return nil
}

// WriteFunction packs a module as an image layout below dir and returns its
// reference.
func WriteFunction(module, dir string) (string, error) {
	wasm, err := os.ReadFile(module)
	if err != nil {
		return "", fmt.Errorf("reading the function: %w", err)
	}
	file := filepath.Base(module)
	function := strings.TrimSuffix(file, ".wasm")
	img, err := oci.Pack(wasm, oci.Options{
		Name: file, Reference: repository + "functions/" + function + ":" + version.Version, Compress: push.Gzip,
		Annotations: map[string]string{
			"org.opencontainers.image.title":    function,
			"org.opencontainers.image.version":  version.Version,
			"org.opencontainers.image.licenses": "Apache-2.0",
			"org.opencontainers.image.source":   source,
		},
	})
	if err != nil {
		return "", fmt.Errorf("packing %q: %w", module, err)
	}
	dir = filepath.Join(dir, function)
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	for name, data := range img.Files {
		target := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return "", err
		}
		if err := os.WriteFile(target, data, 0o644); err != nil {
			return "", err
		}
	}
	return img.Reference, nil
}

// Push sends a layout to a registry: its index under its name, with
// ghcr.io/helm-wasm replaced by prefix unless that is empty, and what refers to it.
func Push(ctx context.Context, dir, prefix string, options ...remote.Option) (string, error) {
	root, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		return "", fmt.Errorf("reading the image layout: %w", err)
	}
	manifest, err := root.IndexManifest()
	if err != nil {
		return "", err
	}
	options = append([]remote.Option{remote.WithContext(ctx), remote.WithAuthFromKeychain(authn.DefaultKeychain)}, options...)
	var ref name.Reference
	for _, d := range manifest.Manifests {
		if full := d.Annotations[fullName]; full != "" {
			if prefix != "" {
				full = strings.TrimSuffix(prefix, "/") + "/" + strings.TrimPrefix(full, repository)
			}
			if ref, err = name.ParseReference(full); err != nil {
				return "", fmt.Errorf("reading the reference %q: %w", full, err)
			}
			index, err := root.ImageIndex(d.Digest)
			if err != nil {
				return "", err
			}
			if err := remote.WriteIndex(ref, index, options...); err != nil {
				return "", fmt.Errorf("pushing %q: %w", full, err)
			}
			continue
		}
		if ref == nil {
			return "", fmt.Errorf("reading %q: its first image has no name", dir)
		}
		if err := pushReferrer(root, d.Digest, ref, options); err != nil {
			return "", fmt.Errorf("pushing what refers to %q: %w", ref, err)
		}
	}
	if ref == nil {
		return "", fmt.Errorf("reading %q: it contains no image", dir)
	}
	return ref.String(), nil
}

func pushReferrer(root v1.ImageIndex, digest v1.Hash, ref name.Reference, options []remote.Option) error {
	img, err := root.Image(digest)
	if err != nil {
		return err
	}
	return remote.Write(ref.Context().Digest(digest.String()), img, options...)
}
