// SPDX-License-Identifier: Apache-2.0

// Package push sends packed images to a registry, with the credentials that
// docker, podman and helm keep.
package push

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/helm-wasm/helm-wasm/wasmbin/oci"
)

// Push sends an image to its reference.
func Push(ctx context.Context, img *oci.Image) (err error) {
	ref, err := name.ParseReference(img.Reference)
	if err != nil {
		return fmt.Errorf("reading the reference %q: %w", img.Reference, err)
	}
	if _, byDigest := ref.(name.Digest); byDigest {
		return fmt.Errorf("reference %q names a digest: push to a tag, the digest follows from the content", img.Reference)
	}
	dir, err := os.MkdirTemp("", "helm-wasm-push")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for file, data := range img.Files {
		path := filepath.Join(dir, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			return err
		}
	}
	index, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		return err
	}
	hash, err := v1.NewHash(img.Digest)
	if err != nil {
		return err
	}
	options := []remote.Option{remote.WithContext(ctx), remote.WithAuthFromKeychain(authn.DefaultKeychain)}
	if img.MediaType == oci.MediaTypeIndex {
		nested, err := index.ImageIndex(hash)
		if err != nil {
			return err
		}
		err = remote.WriteIndex(ref, nested, options...)
		return failed(img, err)
	}
	image, err := index.Image(hash)
	if err != nil {
		return err
	}
	return failed(img, remote.Write(ref, image, options...))
}

func failed(img *oci.Image, err error) error {
	if err != nil {
		return fmt.Errorf("pushing %q: %w", img.Reference, err)
	}
	return nil
}

// Gzip compresses a layer. The bytes are the same for one version of Go.
func Gzip(b []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(b); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
