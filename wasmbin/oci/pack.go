// SPDX-License-Identifier: Apache-2.0

package oci

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/sum"
	"github.com/helm-wasm/helm-wasm/wasmbin"
)

// Format is how a binary is stored in an image. It decides who can run it.
type Format string

const (
	// Scratch is an ordinary Linux image with nothing but the binary in its
	// root file system. Every shim, crun and the stack's runner can run it.
	Scratch Format = "scratch"
	// Layer is an image whose only layer is the binary itself (application/wasm)
	// and whose architecture is wasm. The runwasi shims can run it with
	// containerd 1.6.25, 1.7.7 or later, and may precompile it.
	Layer Format = "layer"
	// Artifact is the CNCF's Wasm artifact, the format of wkg, wash and Spin.
	// Pods that use it have to set a command.
	Artifact Format = "artifact"
)

// Formats returns all formats, the most widely usable first.
func Formats() []Format { return []Format{Scratch, Layer, Artifact} }

// The media types that Image.MediaType can have.
const (
	MediaTypeIndex    = "application/vnd.oci.image.index.v1+json"    // of Scratch images
	MediaTypeManifest = "application/vnd.oci.image.manifest.v1+json" // of all others
)

// The media types inside an image.
const (
	mediaTypeConfig   = "application/vnd.oci.image.config.v1+json"
	mediaTypeTar      = "application/vnd.oci.image.layer.v1.tar"
	mediaTypeWasm     = "application/wasm"
	mediaTypeArtifact = "application/vnd.wasm.config.v0+json"
)

// Options say how Pack makes an image. The zero value makes a Scratch image.
type Options struct {
	// Format is how the binary is stored in the image; "" means Scratch.
	Format Format

	// Name is the name of the file in the image, without a directory and at
	// most 100 bytes long; "" means module.wasm. It becomes the entry point.
	Name string

	// Reference is the name that the image will have, such as
	// ghcr.io/acme/enrich:1.2.0. The archive records it for tools that import
	// it; it may be "".
	Reference string

	// Annotations become annotations of the manifest and labels of the image:
	// org.opencontainers.image.source and the like.
	Annotations map[string]string

	// Created is the creation time of an Artifact, in RFC 3339. Its format
	// demands one; "" means the beginning of 1970. Other formats have none.
	Created string

	// Compress, if set, returns the gzip form of the layer of a Scratch image.
	// The image is then as reproducible as the compressor.
	Compress func([]byte) ([]byte, error)
}

// Image is a packed binary in memory, ready to be written as an archive or
// pushed to a registry.
type Image struct {
	// Format is the format that it was packed in.
	Format Format `json:"format"`
	// Reference is that of the options.
	Reference string `json:"reference,omitempty"`
	// Digest, MediaType and Size describe the root of the image: a manifest, or
	// the index of a Scratch image's two platforms. Digest is what a registry
	// reports after a push, and what to pin in a Pod.
	Digest    string `json:"digest"`
	MediaType string `json:"mediaType"`
	Size      int    `json:"size"` // in bytes
	// Module is the digest of the binary itself, such as sha256:8f43...
	Module string `json:"module"`

	blobs map[string][]byte
	index []byte
}

// platforms are those of a Scratch image, which share one layer.
var platforms = []string{"amd64", "arm64"}

// Pack makes an image of a WebAssembly binary, module or component. The same
// binary and options give the same bytes and digests. It fails if the data is
// not WebAssembly (the error wraps that of wasmbin.Inspect) or an option is
// wrong.
func Pack(wasm []byte, opts Options) (*Image, error) {
	info, err := wasmbin.Inspect(wasm)
	if err != nil {
		return nil, err
	}
	if opts.Name == "" {
		opts.Name = "module.wasm"
	}
	if err := opts.check(); err != nil {
		return nil, err
	}
	p := &packer{opts: opts, info: info, wasm: wasm, blobs: map[string][]byte{}}
	var root descriptor
	switch opts.Format {
	case Scratch, "":
		opts.Format = Scratch
		root, err = p.scratch()
	case Layer:
		root = p.layer()
	case Artifact:
		root = p.artifact()
	default:
		return nil, fmt.Errorf("format %q is not known: choose one of scratch, layer, artifact", opts.Format)
	}
	if err != nil {
		return nil, err
	}
	img := &Image{
		Format: opts.Format, Reference: opts.Reference, Digest: root.Digest, MediaType: root.MediaType,
		Size: root.Size, Module: digest(wasm), blobs: p.blobs,
	}
	if opts.Reference != "" {
		root.Annotations = map[string]string{"io.containerd.image.name": opts.Reference}
		if tag := tagOf(opts.Reference); tag != "" {
			root.Annotations["org.opencontainers.image.ref.name"] = tag
		}
	}
	img.index = encode(index{SchemaVersion: 2, MediaType: MediaTypeIndex, Manifests: []descriptor{root}})
	return img, nil
}

func (o *Options) check() error {
	if strings.ContainsAny(o.Name, "/\\\x00") || o.Name == "." || o.Name == ".." || len(o.Name) > 100 {
		return fmt.Errorf("file name %q: must be a plain name of at most 100 bytes", o.Name)
	}
	if strings.ContainsAny(o.Reference, " \t\r\n") || strings.HasPrefix(o.Reference, "-") {
		return fmt.Errorf("reference %q: must be like ghcr.io/acme/enrich:1.2.0", o.Reference)
	}
	return nil
}

// tagOf returns the tag of a reference: what follows the last colon, unless that
// belongs to a port.
func tagOf(ref string) string {
	ref, _, _ = strings.Cut(ref, "@")
	if i := strings.LastIndexByte(ref, ':'); i > strings.LastIndexByte(ref, '/') {
		return ref[i+1:]
	}
	return ""
}

type packer struct {
	opts  Options
	info  *wasmbin.Info
	wasm  []byte
	blobs map[string][]byte
}

func (p *packer) component() bool { return p.info.Kind == wasmbin.KindComponent }

// add keeps a blob and returns its descriptor.
func (p *packer) add(mediaType string, blob []byte) descriptor {
	d := descriptor{MediaType: mediaType, Digest: digest(blob), Size: len(blob)}
	p.blobs[d.Digest] = blob
	return d
}

func (p *packer) manifest(config, layer descriptor) descriptor {
	return p.add(MediaTypeManifest, encode(manifest{
		SchemaVersion: 2, MediaType: MediaTypeManifest,
		Config: config, Layers: []descriptor{layer}, Annotations: p.opts.Annotations,
	}))
}

// scratch makes an image for each platform around one layer, and their index.
func (p *packer) scratch() (descriptor, error) {
	tar := tarOf([]file{{p.opts.Name, 0o755, p.wasm}})
	diffID := digest(tar)
	mediaType := mediaTypeTar
	if p.opts.Compress != nil {
		packed, err := p.opts.Compress(tar)
		if err != nil {
			return descriptor{}, fmt.Errorf("compressing the layer: %w", err)
		}
		tar, mediaType = packed, mediaType+"+gzip"
	}
	layer := p.add(mediaType, tar)
	list := index{SchemaVersion: 2, MediaType: MediaTypeIndex, Annotations: p.opts.Annotations}
	for _, arch := range platforms {
		config := p.add(mediaTypeConfig, encode(p.imageConfig(arch, "linux", diffID)))
		m := p.manifest(config, layer)
		m.Platform = &platform{Architecture: arch, OS: "linux"}
		list.Manifests = append(list.Manifests, m)
	}
	return p.add(MediaTypeIndex, encode(list)), nil
}

// layer makes a single manifest. With an index a Linux node would look for its
// own platform and find none.
func (p *packer) layer() descriptor {
	layer := p.add(mediaTypeWasm, p.wasm)
	return p.manifest(p.add(mediaTypeConfig, encode(p.imageConfig("wasm", p.wasiOS(), layer.Digest))), layer)
}

func (p *packer) artifact() descriptor {
	layer := p.add(mediaTypeWasm, p.wasm)
	config := artifactConfig{Created: p.opts.Created, Architecture: "wasm", OS: p.wasiOS(), LayerDigests: []string{layer.Digest}}
	if config.Created == "" {
		config.Created = "1970-01-01T00:00:00Z"
	}
	if p.component() {
		c := &artifactComponent{Exports: []string{}, Imports: []string{}}
		for _, e := range p.info.Exports {
			c.Exports = append(c.Exports, e.Name)
		}
		for _, i := range p.info.Imports {
			c.Imports = append(c.Imports, i.Name)
		}
		config.Component = c
	}
	layer.Annotations = map[string]string{"org.opencontainers.image.title": p.opts.Name}
	return p.manifest(p.add(mediaTypeArtifact, encode(config)), layer)
}

// wasiOS returns the os of configurations whose architecture is wasm.
func (p *packer) wasiOS() string {
	if p.component() {
		return "wasip2"
	}
	return "wasip1"
}

func (p *packer) imageConfig(arch, os, diffID string) imageConfig {
	c := imageConfig{Architecture: arch, OS: os}
	c.Config.Entrypoint = []string{"/" + p.opts.Name}
	c.Config.WorkingDir = "/"
	c.Config.User = "65532:65532" // not root, as Pod Security "restricted" wants it
	c.Config.Labels = p.opts.Annotations
	if p.component() {
		c.Config.StopSignal = "SIGINT" // runwasi's wasmtime drains on it; SIGTERM kills it at once
	}
	if _, ok := p.info.ABI(wasmbin.ABIWASIHTTP); ok {
		c.Config.ExposedPorts = map[string]struct{}{"8080/tcp": {}}
	}
	c.RootFS.Type = "layers"
	c.RootFS.DiffIDs = []string{diffID}
	c.History = []history{{CreatedBy: "helm wasm package"}}
	return c
}

func digest(b []byte) string {
	digest := sum.SHA256(b)
	return "sha256:" + hex.EncodeToString(digest[:])
}

// encode writes JSON. The documents are structs of this package, which cannot fail.
func encode(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return data
}

// Files iterates over the files of the OCI image layout in a fixed order:
// oci-layout, index.json, and then each blob as blobs/sha256/DIGEST. Names have
// slashes on every system.
func (img *Image) Files(yield func(name string, data []byte) bool) {
	if !yield("oci-layout", []byte(`{"imageLayoutVersion":"1.0.0"}`)) || !yield("index.json", img.index) {
		return
	}
	for _, d := range slices.Sorted(maps.Keys(img.blobs)) {
		if !yield("blobs/sha256/"+strings.TrimPrefix(d, "sha256:"), img.blobs[d]) {
			return
		}
	}
}

// Archive returns the OCI image layout as a tar file, which `ctr images import`,
// skopeo, crane, podman and others read.
func (img *Image) Archive() []byte {
	var files []file
	for name, data := range img.Files {
		files = append(files, file{name, 0o644, data})
	}
	return tarOf(files)
}
