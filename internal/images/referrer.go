// SPDX-License-Identifier: Apache-2.0

package images

import (
	"bytes"
	"encoding/json"
	"fmt"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

const typeEmpty = "application/vnd.oci.empty.v1+json"

// artifact is an OCI 1.1 artifact about an image. The library's own manifest
// has no artifactType.
type artifact struct {
	manifest []byte
	blob     v1.Layer
}

type artifactManifest struct {
	SchemaVersion int64           `json:"schemaVersion"`
	MediaType     types.MediaType `json:"mediaType"`
	ArtifactType  string          `json:"artifactType"`
	Config        v1.Descriptor   `json:"config"`
	Layers        []v1.Descriptor `json:"layers"`
	Subject       *v1.Descriptor  `json:"subject"`
}

// referrer makes an artifact about an image from a text.
func referrer(subject v1.Image, kind string, text []byte, title string) (v1.Image, error) {
	about, err := partial.Descriptor(subject)
	if err != nil {
		return nil, err
	}
	config, _, err := v1.SHA256(bytes.NewReader([]byte("{}")))
	if err != nil {
		return nil, err
	}
	blob := static.NewLayer(text, types.MediaType(kind))
	descriptor, err := partial.Descriptor(blob)
	if err != nil {
		return nil, err
	}
	descriptor.Annotations = map[string]string{"org.opencontainers.image.title": title}
	manifest, err := json.Marshal(artifactManifest{
		SchemaVersion: 2, MediaType: types.OCIManifestSchema1, ArtifactType: kind,
		Config: v1.Descriptor{MediaType: typeEmpty, Digest: config, Size: 2},
		Layers: []v1.Descriptor{*descriptor},
		Subject: &v1.Descriptor{
			MediaType: about.MediaType, Digest: about.Digest, Size: about.Size,
		},
	})
	if err != nil {
		return nil, err
	}
	return partial.CompressedToImage(&artifact{manifest, blob})
}

// MediaType returns that of an image, as artifacts are written.
func (a *artifact) MediaType() (types.MediaType, error) { return types.OCIManifestSchema1, nil }

// RawManifest returns the manifest.
func (a *artifact) RawManifest() ([]byte, error) { return a.manifest, nil }

// RawConfigFile returns the empty configuration that artifacts have.
func (a *artifact) RawConfigFile() ([]byte, error) { return []byte("{}"), nil }

// LayerByDigest returns the text.
func (a *artifact) LayerByDigest(digest v1.Hash) (partial.CompressedLayer, error) {
	if own, err := a.blob.Digest(); err != nil || own != digest {
		return nil, fmt.Errorf("blob %s is not in the artifact", digest)
	}
	return a.blob, nil
}
