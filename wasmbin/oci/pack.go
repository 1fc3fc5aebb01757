// SPDX-License-Identifier: Apache-2.0

package oci

import (
	"encoding/hex"
	"fmt"
	"sort"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/jsonout"
	"github.com/helm-wasm/helm-wasm/internal/sum"
	"github.com/helm-wasm/helm-wasm/wasmbin"
)

// Format is how the binary lies in the image.
type Format string

const (
	// Scratch is an ordinary Linux image with nothing but the binary in its
	// root file system. Every shim, crun and the runner take it.
	Scratch Format = "scratch"
	// Layer is an image whose one layer is the binary itself (application/wasm)
	// and whose architecture is wasm. The runwasi shims take it, with
	// containerd 1.6.25, 1.7.7 or later, and may precompile it.
	Layer Format = "layer"
	// Artifact is the CNCF's Wasm artifact, as wkg, wash and Spin make it. Pods
	// that use it have to set a command.
	Artifact Format = "artifact"
)

// Formats in the order of recommendation.
func Formats() []Format { return []Format{Scratch, Layer, Artifact} }

// Media types.
const (
	MediaTypeIndex    = "application/vnd.oci.image.index.v1+json"
	MediaTypeManifest = "application/vnd.oci.image.manifest.v1+json"
	MediaTypeConfig   = "application/vnd.oci.image.config.v1+json"
	MediaTypeTar      = "application/vnd.oci.image.layer.v1.tar"
	MediaTypeWasm     = "application/wasm"
	MediaTypeArtifact = "application/vnd.wasm.config.v0+json"
)

// Options of Pack. The zero value makes a Scratch image.
type Options struct {
	Format Format

	// Name of the file in the image; "module.wasm" if empty.
	Name string

	// Reference, such as ghcr.io/acme/enrich:1.2.0, is noted for tools that
	// import the archive.
	Reference string

	// Annotations of the manifest, and labels of the image:
	// org.opencontainers.image.source and the like.
	Annotations map[string]string

	// Created is the artifact's time, in RFC 3339, which its format demands;
	// 1970 if empty.
	Created string

	// Compress, if set, makes the layer of a Scratch image a gzip file. The
	// image is then as reproducible as the compressor.
	Compress func([]byte) ([]byte, error)
}

// Image is a packed binary: the blobs of an OCI image layout.
type Image struct {
	Format    Format `json:"format"`
	Reference string `json:"reference,omitempty"`
	// Digest and MediaType are of the root: a manifest, or the index of a
	// Scratch image's two platforms.
	Digest    string `json:"digest"`
	MediaType string `json:"mediaType"`
	Size      int    `json:"size"`
	// Module is the digest of the binary.
	Module string `json:"module"`

	blobs map[string][]byte
	index []byte
}

// platforms of a Scratch image; they share their layer.
var platforms = []string{"amd64", "arm64"}

// Pack makes the image of a binary.
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

// tagOf is the tag of a reference, after the last colon that is not a port's.
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

// scratch makes an image for each platform around one layer, and an index.
func (p *packer) scratch() (descriptor, error) {
	tar := tarOf([]file{{p.opts.Name, 0o755, p.wasm}})
	diffID := digest(tar)
	mediaType := MediaTypeTar
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
		config := p.add(MediaTypeConfig, encode(p.imageConfig(arch, "linux", diffID)))
		m := p.manifest(config, layer)
		m.Platform = &platform{Architecture: arch, OS: "linux"}
		list.Manifests = append(list.Manifests, m)
	}
	return p.add(MediaTypeIndex, encode(list)), nil
}

// layer makes a single manifest: an index would make a Linux node look for
// its own platform and find none.
func (p *packer) layer() descriptor {
	layer := p.add(MediaTypeWasm, p.wasm)
	return p.manifest(p.add(MediaTypeConfig, encode(p.imageConfig("wasm", p.wasiOS(), layer.Digest))), layer)
}

func (p *packer) artifact() descriptor {
	layer := p.add(MediaTypeWasm, p.wasm)
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
	return p.manifest(p.add(MediaTypeArtifact, encode(config)), layer)
}

// wasiOS is the os of configurations whose architecture is wasm.
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
		c.Config.StopSignal = "SIGINT" // runwasi's wasmtime drains on it and dies at once of SIGTERM
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

// encode writes JSON; the documents are our own types and cannot fail.
func encode(v any) []byte { return jsonout.Append(nil, v) }

// Blobs lists the digests in the order of the archive.
func (img *Image) Blobs() []string {
	list := make([]string, 0, len(img.blobs))
	for d := range img.blobs {
		list = append(list, d)
	}
	sort.Strings(list)
	return list
}

// Blob is the content of a digest, nil if there is none.
func (img *Image) Blob(digest string) []byte { return img.blobs[digest] }

// Files calls yield for each file of the OCI image layout, in a fixed order.
func (img *Image) Files(yield func(name string, data []byte) bool) {
	if !yield("oci-layout", []byte(`{"imageLayoutVersion":"1.0.0"}`)) || !yield("index.json", img.index) {
		return
	}
	for _, d := range img.Blobs() {
		if !yield("blobs/sha256/"+strings.TrimPrefix(d, "sha256:"), img.blobs[d]) {
			return
		}
	}
}

// Archive is the OCI image layout as a tar file, for `ctr images import`,
// skopeo, crane, podman and others.
func (img *Image) Archive() []byte {
	var files []file
	for name, data := range img.Files {
		files = append(files, file{name, 0o644, data})
	}
	return tarOf(files)
}
