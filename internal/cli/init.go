// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"io"

	"github.com/helm-wasm/helm-wasm/stack"
)

func initCommand() Command {
	return Command{
		Name:  "init",
		Short: "print a values file to start from",
		Long: `Print a commented values file to start from: one function between two topics.
--list shows further examples, --example prints one of them.`,
		Example: "{} init > stack.yaml\n{} init --list\n{} init --example pipeline > stack.yaml",
		Flags: []Flag{
			{Name: "list", Help: "list the examples"},
			{Name: "example", Value: "NAME", Help: "print this example instead of the starter"},
		},
		Run: func(c *Call) error {
			if c.Flags.Bool("list") {
				for _, e := range stack.Examples() {
					if _, err := fmt.Fprintf(c.Out, "%-18s %s\n", e.Name, e.Title); err != nil {
						return err
					}
				}
				return nil
			}
			text := stack.Starter()
			if name := c.Flags.String("example"); name != "" {
				e, err := stack.ExampleNamed(name)
				if err != nil {
					return err
				}
				text = e.Text
			}
			_, err := io.WriteString(c.Out, text)
			return err
		},
	}
}
