// SPDX-License-Identifier: Apache-2.0

package overlay

import (
	"github.com/helm-wasm/helm-wasm/internal/cli"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// Command is `helm-wasm build`.
func Command() cli.Command {
	return cli.BuildCommand(func(c *cli.Call, dir string) error {
		out, err := Build(filesys.MakeFsOnDisk(), dir, optionsOf(c))
		if err != nil {
			return err
		}
		_, err = c.Out.Write(out)
		return err
	})
}

// PostRenderCommand is `helm-wasm post-render` with --overlay.
func PostRenderCommand() cli.Command {
	return cli.PostRenderCommand(cli.PostRenderTools{Overlay: func(c *cli.Call, stream []byte, dir string) ([]byte, error) {
		return Apply(filesys.MakeFsOnDisk(), stream, dir, optionsOf(c))
	}})
}

// optionsOf are the options that a command's flags name.
func optionsOf(c *cli.Call) Options {
	return Options{AllowExec: c.Flags.Bool("allow-exec"), AllowFilesOutside: c.Flags.Bool("allow-files-outside")}
}
