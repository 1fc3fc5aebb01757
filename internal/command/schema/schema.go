// SPDX-License-Identifier: Apache-2.0

package schema

import (
	"io"

	"github.com/helm-wasm/helm-wasm/internal/command"

	"github.com/helm-wasm/helm-wasm/charts"
)

// Command returns `helm wasm schema`.
func Command() command.Command {
	return command.Command{
		Name:  "schema",
		Short: "print the JSON Schema of the values",
		Long: `Print the JSON Schema of the values, which Helm checks at install.

Editors with a YAML language server complete and check a values file that starts
with a line such as

  # yaml-language-server: $schema=values.schema.json`,
		Example: "{} schema > values.schema.json",
		Run: func(c *command.Call) error {
			_, err := io.WriteString(c.Out, charts.Schema())
			return err
		},
	}
}
