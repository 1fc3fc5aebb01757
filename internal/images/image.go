// SPDX-License-Identifier: Apache-2.0

package images

import (
	"fmt"
	"os"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/helm-wasm/helm-wasm/internal/version"
)

// An Image is built for every architecture.
type Image struct {
	Reference string
	Index     v1.ImageIndex

	// Referrers are artifacts about it: bills of materials.
	Referrers []v1.Image
	SBOM      map[string][]byte // by architecture
}

// Build makes the image of a program from its binaries, by architecture.
// precompiled, if any, is a directory of machine code for each architecture
// that the image contains.
func Build(p Program, binaries, precompiled map[string]string) (*Image, error) {
	shared, err := layer(base())
	if err != nil {
		return nil, err
	}
	img := &Image{Reference: p.Reference(), SBOM: map[string][]byte{}}
	if precompiled != nil {
		img.Reference += "-precompiled"
	}
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, arch := range Arches {
		one, err := p.image(arch, shared, binaries[arch], precompiled[arch])
		if err != nil {
			return nil, err
		}
		platform := &v1.Platform{OS: "linux", Architecture: arch}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: one, Descriptor: v1.Descriptor{Platform: platform}})
		if img.SBOM[arch], err = SBOM(p.Name, arch, binaries[arch]); err != nil {
			return nil, err
		}
		about, err := referrer(one, typeSPDX, img.SBOM[arch], p.Name+"-"+arch+".spdx.json")
		if err != nil {
			return nil, err
		}
		img.Referrers = append(img.Referrers, about)
	}
	img.Index = mutate.Annotations(index, p.labels()).(v1.ImageIndex)
	return img, nil
}

func (p Program) labels() map[string]string {
	return map[string]string{
		"org.opencontainers.image.title":         p.Name,
		"org.opencontainers.image.description":   p.Title,
		"org.opencontainers.image.version":       version.Version,
		"org.opencontainers.image.licenses":      "Apache-2.0",
		"org.opencontainers.image.source":        source,
		"org.opencontainers.image.url":           source,
		"org.opencontainers.image.documentation": source + "/tree/main/docs",
		"org.opencontainers.image.vendor":        "helm-wasm",
	}
}

func (p Program) image(arch string, shared v1.Layer, binary, precompiled string) (v1.Image, error) {
	data, err := os.ReadFile(binary)
	if err != nil {
		return nil, fmt.Errorf("reading the program: %w", err)
	}
	var own []entry
	made := map[string]bool{}
	for _, dir := range p.Dirs {
		for i, r := range dir {
			if r != '/' || made[dir[:i+1]] {
				continue
			}
			made[dir[:i+1]] = true
			e := entry{name: dir[:i+1], mode: 0o755}
			if i == len(dir)-1 {
				e.user = User
			}
			own = append(own, e)
		}
	}
	program, err := layer(append(own, entry{name: p.Name, mode: 0o755, data: data}))
	if err != nil {
		return nil, err
	}
	adds := []mutate.Addendum{
		{Layer: shared, History: v1.History{CreatedBy: "certificate authorities, users, directories"}},
		{Layer: program, History: v1.History{CreatedBy: "go build ./cmd/" + p.Name}},
	}
	if precompiled != "" {
		entries, err := tree(precompiled, precompiledPath)
		if err != nil {
			return nil, fmt.Errorf("reading precompiled code: %w", err)
		}
		code, err := layer(entries)
		if err != nil {
			return nil, err
		}
		adds = append(adds, mutate.Addendum{Layer: code, History: v1.History{CreatedBy: "wasm-runner compile"}})
	}
	config := &v1.ConfigFile{
		OS: "linux", Architecture: arch, RootFS: v1.RootFS{Type: "layers"},
		Config: v1.Config{
			User: fmt.Sprintf("%d:%d", User, User), Entrypoint: []string{"/" + p.Name}, WorkingDir: "/",
			Env: []string{"PATH=/", "HOME=/home/nonroot"}, Labels: p.labels(), StopSignal: "SIGTERM",
		},
	}
	for _, port := range p.Ports {
		if config.Config.ExposedPorts == nil {
			config.Config.ExposedPorts = map[string]struct{}{}
		}
		config.Config.ExposedPorts[port] = struct{}{}
	}
	img, err := mutate.ConfigFile(mutate.MediaType(empty.Image, types.OCIManifestSchema1), config)
	if err != nil {
		return nil, err
	}
	img = mutate.ConfigMediaType(img, types.OCIConfigJSON)
	if img, err = mutate.Append(img, adds...); err != nil {
		return nil, err
	}
	return mutate.Annotations(img, p.labels()).(v1.Image), nil
}
