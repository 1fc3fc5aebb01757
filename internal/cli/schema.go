// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"io"

	"github.com/helm-wasm/helm-wasm/charts"
)

func schemaCommand() Command {
	return Command{
		Name:  "schema",
		Short: "print the JSON Schema of the values",
		Long: `Print the JSON Schema of the values, which Helm checks at install.

Editors with a YAML language server complete and check a values file that starts
with a line such as

  # yaml-language-server: $schema=values.schema.json`,
		Example: "{} schema > values.schema.json",
		Run: func(c *Call) error {
			_, err := io.WriteString(c.Out, charts.Schema())
			return err
		},
	}
}
