// SPDX-License-Identifier: Apache-2.0

package module

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Media types of layers that are themselves a module.
const (
	wasmLayer     = "application/wasm"
	wasmLayerOld  = "application/vnd.wasm.content.layer.v1+wasm"
	wasmLayerOCI  = "application/vnd.module.wasm.content.layer.v1+wasm"
	artifactTitle = "org.opencontainers.image.title"
)

func (s Source) pull(ctx context.Context) ([]byte, error) {
	reference, err := name.ParseReference(s.Image)
	if err != nil {
		return nil, fmt.Errorf("parsing module.image %q: %w", s.Image, err)
	}
	keys, err := keychain(s.DockerConfig)
	if err != nil {
		return nil, err
	}
	options := []remote.Option{remote.WithContext(ctx), remote.WithAuthFromKeychain(keys)}
	descriptor, err := remote.Get(reference, options...)
	if err != nil {
		return nil, classify(s.Image, err)
	}
	image, err := resolve(descriptor)
	if err != nil {
		return nil, classify(s.Image, err)
	}
	wasm, err := extract(image)
	if err != nil {
		return nil, classify(s.Image, err)
	}
	return wasm, nil
}

// classify separates errors that may go away from those that will not.
func classify(image string, err error) error {
	wrapped := fmt.Errorf("pulling module %q: %w", image, err)
	var answer *transport.Error
	var content *contentError
	switch {
	case errors.As(err, &content):
		return wrapped
	case errors.As(err, &answer):
		switch answer.StatusCode {
		case http.StatusUnauthorized, http.StatusForbidden:
			return fmt.Errorf("%w (check global.imagePullSecrets)", wrapped)
		case http.StatusNotFound:
			return fmt.Errorf("%w (the image or digest does not exist)", wrapped)
		}
	}
	return temporary{wrapped}
}

// contentError says what is wrong with an image's content.
type contentError struct{ text string }

func (e *contentError) Error() string { return e.text }

// resolve picks the manifest that runs here: a Wasm platform first, since the
// module is the same on every CPU, else the first of the index.
func resolve(descriptor *remote.Descriptor) (v1.Image, error) {
	if !descriptor.MediaType.IsIndex() {
		return descriptor.Image()
	}
	index, err := descriptor.ImageIndex()
	if err != nil {
		return nil, err
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		return nil, err
	}
	var candidates []v1.Descriptor
	for _, entry := range manifest.Manifests {
		switch p := entry.Platform; {
		case !entry.MediaType.IsImage():
		case p != nil && (p.Architecture == "wasm" || p.Architecture == "wasm32" || strings.HasPrefix(p.OS, "wasi")):
			candidates = append([]v1.Descriptor{entry}, candidates...)
		case p == nil || p.OS != "unknown": // "unknown" are attestations
			candidates = append(candidates, entry)
		}
	}
	if len(candidates) == 0 {
		return nil, &contentError{"the index names no image"}
	}
	return index.Image(candidates[0].Digest)
}

// extract finds the module in an image: a layer that is one, or the .wasm file that
// the configuration names, or else the first at the root of the last layer that has
// one. The libraries check each layer's digest while it is read.
func extract(image v1.Image) ([]byte, error) {
	layers, err := image.Layers()
	if err != nil {
		return nil, err
	}
	for _, layer := range layers {
		mediaType, err := layer.MediaType()
		if err != nil {
			return nil, err
		}
		switch string(mediaType) {
		case wasmLayer, wasmLayerOld, wasmLayerOCI:
			return readLayer(layer)
		}
	}
	entry := entrypoint(image)
	for i := len(layers) - 1; i >= 0; i-- {
		mediaType, err := layers[i].MediaType()
		if err != nil {
			return nil, err
		}
		if !isTar(mediaType) {
			continue
		}
		wasm, err := readTar(layers[i], entry)
		if err != nil || wasm != nil {
			return wasm, err
		}
	}
	return nil, &contentError{"it contains no .wasm: neither a layer of type application/wasm nor a .wasm file"}
}

func isTar(mediaType types.MediaType) bool { return strings.Contains(string(mediaType), "tar") }

// entrypoint returns the .wasm that the image's configuration names, if any.
func entrypoint(image v1.Image) string {
	config, err := image.ConfigFile()
	if err != nil {
		return ""
	}
	for _, argument := range append(config.Config.Entrypoint, config.Config.Cmd...) {
		if strings.HasSuffix(argument, ".wasm") {
			return path.Clean("/" + argument)
		}
	}
	return ""
}

func readLayer(layer v1.Layer) ([]byte, error) {
	blob, err := layer.Compressed()
	if err != nil {
		return nil, err
	}
	defer blob.Close()
	return readLimited(blob, "layer")
}

// readTar reads the named file, or the first .wasm if none is named.
func readTar(layer v1.Layer, entry string) ([]byte, error) {
	files, err := layer.Uncompressed()
	if err != nil {
		return nil, err
	}
	defer files.Close()
	for archive := tar.NewReader(files); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		file := path.Clean("/" + header.Name)
		if header.Typeflag != tar.TypeReg || (entry != "" && file != entry) || (entry == "" && path.Ext(file) != ".wasm") {
			continue
		}
		wasm, err := readLimited(archive, file)
		if err != nil {
			return nil, err
		}
		// The rest is read so that the layer's digest is checked.
		_, err = io.Copy(io.Discard, io.LimitReader(files, sizeLimit))
		return wasm, err
	}
}
