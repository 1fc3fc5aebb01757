// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"

	"github.com/helm-wasm/helm-wasm/internal/version"
)

func versionCommand() Command {
	return Command{
		Name:  "version",
		Short: "print the version",
		Flags: []Flag{{Name: "short", Help: "print the number alone"}},
		Run: func(c *Call) error {
			if c.Flags.Bool("short") {
				_, err := fmt.Fprintln(c.Out, version.Version)
				return err
			}
			where := "native"
			if c.sandboxed() {
				where = "sandboxed"
			}
			_, err := fmt.Fprintf(c.Out, "helm-wasm %s (%s)\n", version.Version, where)
			return err
		},
	}
}
