// SPDX-License-Identifier: Apache-2.0

package krm

import (
	"github.com/helm-wasm/helm-wasm/internal/command"
)

// Command returns `helm wasm krm`.
func Command() command.Command {
	return command.Command{
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
		Run: func(c *command.Call) error {
			in, err := c.ReadStdin("ResourceList", MaxBytes)
			if err != nil {
				return err
			}
			out, err := Run(in)
			if _, writeErr := c.Out.Write(out); writeErr != nil {
				return writeErr
			}
			if err != nil && out != nil {
				return command.Reported{Err: err}
			}
			return err
		},
	}
}
