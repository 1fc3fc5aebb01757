// SPDX-License-Identifier: Apache-2.0

package images

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// A Builder makes the images of a working tree.
type Builder struct {
	Root  string // of the repository
	Build string // for intermediate files
	Dist  string // receives images/ and sbom/
	Out   io.Writer
}

// Programs makes the images of the programs that the tree has.
func (b Builder) Programs(ctx context.Context) error {
	for _, p := range Programs() {
		if !p.Exists(b.Root) {
			continue
		}
		binaries, err := b.compile(ctx, p)
		if err != nil {
			return err
		}
		img, err := Build(p, binaries, nil)
		if err != nil {
			return err
		}
		if err := b.write(img, p.Name, p.Name); err != nil {
			return err
		}
	}
	return nil
}

// Precompiled makes an image of the runner that contains machine code of modules.
func (b Builder) Precompiled(ctx context.Context, modules []string) error {
	p := Programs()[0]
	binaries, err := b.compile(ctx, p)
	if err != nil {
		return err
	}
	code, err := Precompile(ctx, binaries, filepath.Join(b.Build, "precompiled"), modules)
	if err != nil {
		return err
	}
	img, err := Build(p, binaries, code)
	if err != nil {
		return err
	}
	return b.write(img, p.Name+"-precompiled", p.Name)
}

// Functions packs all modules of a directory.
func (b Builder) Functions(dir string) error {
	modules, err := filepath.Glob(filepath.Join(dir, "*.wasm"))
	if err != nil {
		return err
	}
	if len(modules) == 0 {
		return fmt.Errorf("packing functions: %q contains no .wasm: run `make functions`", dir)
	}
	for _, module := range modules {
		ref, err := WriteFunction(module, filepath.Join(b.Dist, "images", "functions"))
		if err != nil {
			return err
		}
		fmt.Fprintf(b.Out, "%s\n", ref)
	}
	return nil
}

// Push sends all images of Dist to their registry, or to another prefix.
func (b Builder) Push(ctx context.Context, prefix string, options ...remote.Option) error {
	pushed := 0
	err := filepath.WalkDir(filepath.Join(b.Dist, "images"), func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != "oci-layout" {
			return err
		}
		ref, err := Push(ctx, filepath.Dir(file), prefix, options...)
		if err == nil {
			fmt.Fprintln(b.Out, "pushed", ref)
			pushed++
		}
		return err
	})
	if err == nil && pushed == 0 {
		return fmt.Errorf("pushing: %q contains no image: run `make images`", b.Dist)
	}
	return err
}

func (b Builder) compile(ctx context.Context, p Program) (map[string]string, error) {
	binaries := map[string]string{}
	for _, arch := range Arches {
		var err error
		if binaries[arch], err = p.Compile(ctx, b.Root, b.Build, arch); err != nil {
			return nil, err
		}
	}
	return binaries, nil
}

func (b Builder) write(img *Image, name, program string) error {
	if err := img.Write(filepath.Join(b.Dist, "images", name)); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(b.Dist, "sbom"), 0o755); err != nil {
		return err
	}
	for _, arch := range Arches {
		file := filepath.Join(b.Dist, "sbom", program+"-linux-"+arch+".spdx.json")
		if err := os.WriteFile(file, img.SBOM[arch], 0o644); err != nil {
			return err
		}
	}
	digest, err := img.Index.Digest()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(b.Out, "%s@%s\n", img.Reference, digest)
	return err
}
