// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"github.com/helm-wasm/helm-wasm/internal/krm"
)

func krmCommand() Command {
	return Command{
		Name:  "krm",
		Short: "render WasmStack objects as a KRM function of kustomize or kpt",
		Long: `Read a ResourceList from standard input and write it with the objects of each
WasmStack in it: one among the items is replaced by its objects, one that is the
functionConfig adds them. A WasmStack has the values below spec; its name and
namespace are the release's. kustomize calls this command for what an annotation

  config.kubernetes.io/function: |
    exec: {path: helm, args: [wasm, krm]}

names in generators or transformers. Mistakes in values, and what lint finds, are
in the list's results; with errors the items stay as they were. docs/KRM.md has all
of it.`,
		Example: "kustomize build --enable-alpha-plugins --enable-exec overlays/prod",
		Run: func(c *Call) error {
			in, err := c.readStdin("ResourceList", krm.MaxBytes)
			if err != nil {
				return err
			}
			out, err := krm.Run(in)
			if _, writeErr := c.Out.Write(out); writeErr != nil {
				return writeErr
			}
			if err != nil && out != nil {
				return Reported{err}
			}
			return err
		},
	}
}
