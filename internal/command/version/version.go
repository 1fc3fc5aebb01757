// SPDX-License-Identifier: Apache-2.0

package version

import (
	"fmt"

	"github.com/helm-wasm/helm-wasm/internal/command"

	"github.com/helm-wasm/helm-wasm/internal/version"
)

// Command returns `helm wasm version`.
func Command() command.Command {
	return command.Command{
		Name:  "version",
		Short: "print the version",
		Flags: []command.Flag{{Name: "short", Help: "print the number alone"}},
		Run: func(c *command.Call) error {
			if c.Flags.Bool("short") {
				_, err := fmt.Fprintln(c.Out, version.Version)
				return err
			}
			where := "native"
			if c.Sandboxed() {
				where = "sandboxed"
			}
			_, err := fmt.Fprintf(c.Out, "helm-wasm %s (%s)\n", version.Version, where)
			return err
		},
	}
}
