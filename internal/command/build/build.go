// SPDX-License-Identifier: Apache-2.0

// Package build is `helm-wasm build`: kustomize in this process. It also provides
// overlays to `helm-wasm post-render`.
package build

import (
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/helm-wasm/helm-wasm/internal/command"
	"github.com/helm-wasm/helm-wasm/internal/overlay"
)

// Command returns `helm-wasm build`.
func Command() command.Command {
	return command.Command{
		Name:    "build",
		Args:    "OVERLAY",
		MinArgs: 1,
		MaxArgs: 1,
		Short:   "build a kustomization, as `kustomize build` does",
		Long: `Print the objects of the kustomization in a directory: the bytes of
` + "`kustomize build`" + `, with messages that name the overlay and the file.`,
		Example: "{} build kustomize/overlays/dev\n{} build kustomize/overlays/prod | kubectl diff -f -",
		Flags:   Flags(),
		Run: func(c *command.Call) error {
			out, err := overlay.Build(filesys.MakeFsOnDisk(), c.Args[0], options(c))
			if err != nil {
				return err
			}
			_, err = c.Out.Write(out)
			return err
		},
	}
}

// Flags returns the flags of whatever builds a kustomization.
func Flags() []command.Flag {
	return []command.Flag{
		{Name: "allow-exec", Help: "let the overlay run programs of this machine as functions"},
		{Name: "allow-files-outside", Help: "let the overlay read files outside its directory"},
	}
}

// Apply lets the kustomization in a directory change manifests, as the command's
// flags say (see Flags).
func Apply(c *command.Call, stream []byte, dir string) ([]byte, error) {
	return overlay.Apply(filesys.MakeFsOnDisk(), stream, dir, options(c))
}

// options returns what the command's flags say.
func options(c *command.Call) overlay.Options {
	return overlay.Options{AllowExec: c.Flags.Bool("allow-exec"), AllowFilesOutside: c.Flags.Bool("allow-files-outside")}
}
