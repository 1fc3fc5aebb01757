// SPDX-License-Identifier: Apache-2.0

package overlay

import (
	"github.com/helm-wasm/helm-wasm/internal/cli"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// Command is `helm-wasm build`.
func Command() cli.Command {
	return cli.BuildCommand(func(c *cli.Call, dir string) error {
		out, err := Build(filesys.MakeFsOnDisk(), dir, OptionsOf(c))
		if err != nil {
			return err
		}
		_, err = c.Out.Write(out)
		return err
	})
}

// OptionsOf are the options that a command's flags name.
func OptionsOf(c *cli.Call) Options {
	return Options{AllowExec: c.Flags.Bool("allow-exec"), AllowFilesOutside: c.Flags.Bool("allow-files-outside")}
}
