// SPDX-License-Identifier: Apache-2.0

package packagecmd

import (
	"fmt"
	"path"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/command"
	"github.com/helm-wasm/helm-wasm/internal/text"
	"github.com/helm-wasm/helm-wasm/wasmbin/oci"
)

// Command returns `helm wasm package`: a binary on standard input, an archive on
// standard output.
func Command() command.Command { return build(nil) }

// Tools are what only the native program can do.
type Tools struct {
	// Push sends an image to its reference.
	Push func(*oci.Image) error

	// Compress makes a gzip file.
	Compress func([]byte) ([]byte, error)
}

// NativeCommand returns `helm-wasm package`, which also writes files, compresses and
// pushes.
func NativeCommand(tools Tools) command.Command {
	c := build(&tools)
	c.Flags = append(
		c.Flags,
		command.Flag{Name: "output", Short: "o", Value: "FILE", Help: "write the archive to a file"},
		command.Flag{Name: "push", Help: "push to --ref, with the credentials of docker or podman, instead of writing an archive"},
		command.Flag{Name: "gzip", Help: "compress the layer of a scratch image"},
	)
	return c
}

func build(tools *Tools) command.Command {
	var formats []string
	for _, f := range oci.Formats() {
		formats = append(formats, string(f))
	}
	return command.Command{
		Name:    "package",
		Args:    "[FILE]",
		MaxArgs: 1,
		Short:   "make an OCI image of a .wasm file",
		Long: `Make an OCI image of a WebAssembly binary. The image comes out as an archive in
the OCI image layout, which ` + "`ctr images import`, `skopeo copy oci-archive:...`," + `
podman and others accept. The same binary and flags give the same bytes.

Formats:
  scratch   an ordinary image that contains only the binary, for
            linux/amd64 and linux/arm64: runs in the runner, under every shim
            and under crun
  layer     one application/wasm layer and the architecture wasm: the runwasi
            shims, with containerd 1.6.25, 1.7.7 or later
  artifact  the CNCF's Wasm artifact, as wkg and Spin make it: the runner, and
            shims when the pod sets a command

In the plugin the binary comes on standard input and the archive goes to
standard output; the native program also takes files and pushes to a registry.`,
		Example: "{} package --ref ghcr.io/acme/enrich:1.0 < enrich.wasm > enrich.tar\n{} package --format artifact < " +
			"enrich.wasm > enrich.tar",
		Flags: []command.Flag{
			{Name: "format", Value: "FORMAT", Enum: formats, Default: string(oci.Scratch), Help: "scratch, layer or artifact"},
			{Name: "ref", Short: "t", Value: "REF", Help: "the image's name, such as ghcr.io/acme/enrich:1.0"},
			{Name: "name", Value: "NAME", Help: "name of the file in the image (the default is the file's own, or module.wasm)"},
			{
				Name: "annotation", Value: "KEY=VALUE", Repeat: true,
				Help: "annotation and label, such as org.opencontainers.image.source=URL",
			},
			{Name: "created", Value: "TIME", Help: "time in the artifact's configuration (the default is 1970, for reproducible bytes)"},
		},
		Run: func(c *command.Call) error { return run(c, tools) },
	}
}

func run(c *command.Call, tools *Tools) error {
	name := "-"
	if len(c.Args) == 1 {
		name = c.Args[0]
	}
	if name != "-" && c.Sandboxed() {
		return c.FileHint(name)
	}
	push, output := c.Flags.Bool("push"), c.Flags.String("output")
	opts := oci.Options{
		Format: oci.Format(c.Flags.String("format")), Name: c.Flags.String("name"),
		Reference: c.Flags.String("ref"), Created: c.Flags.String("created"),
	}
	switch {
	case push && opts.Reference == "":
		return fmt.Errorf("flag --push needs --ref: type `%s package --push --ref ghcr.io/acme/enrich:1.0 FILE`", c.Program)
	case push && output != "":
		return fmt.Errorf("give --push or --output, not both")
	}
	if c.Flags.Bool("gzip") {
		opts.Compress = tools.Compress
	}
	if opts.Name == "" && name != "-" {
		opts.Name = path.Base(strings.ReplaceAll(name, "\\", "/"))
	}
	var err error
	if opts.Annotations, err = pairs("annotation", c.Flags.Strings("annotation")); err != nil {
		return err
	}
	data, err := c.Read(name, "Wasm binary", command.MaxBinary)
	if err != nil {
		return err
	}
	img, err := oci.Pack(data, opts)
	if err != nil {
		return fmt.Errorf("packing %s: %w", name, err)
	}
	summary := fmt.Sprintf("%s image, %s\nmodule %s\ndigest %s\n", img.Format, text.Bytes(uint64(len(data))), img.Module, img.Digest)
	switch {
	case push:
		if err := tools.Push(img); err != nil {
			return err
		}
		repository, _, _ := strings.Cut(img.Reference, "@")
		_, err = fmt.Fprintf(c.Out, "%spushed %s@%s\n", summary, repository, img.Digest)
	case output != "" && output != "-":
		if err := c.FS.WriteFile(output, img.Archive()); err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.Out, "%swrote  %s\n", summary, output)
	default:
		fmt.Fprint(c.Stderr, summary)
		_, err = c.Out.Write(img.Archive())
	}
	return err
}

// pairs reads KEY=VALUE flags.
func pairs(flag string, list []string) (map[string]string, error) {
	if len(list) == 0 {
		return nil, nil
	}
	m := map[string]string{}
	for _, p := range list {
		k, v, ok := strings.Cut(p, "=")
		if !ok || k == "" {
			return nil, fmt.Errorf("flag --%s: %q is not KEY=VALUE", flag, p)
		}
		m[k] = v
	}
	return m, nil
}
