// SPDX-License-Identifier: Apache-2.0

package initcmd

import (
	"fmt"
	"io"

	"github.com/helm-wasm/helm-wasm/internal/command"
	"github.com/helm-wasm/helm-wasm/stack/examples"
	"github.com/helm-wasm/helm-wasm/stack/starters"
)

// Command returns `helm wasm init`.
func Command() command.Command {
	var languages []string
	for _, s := range starters.All() {
		languages = append(languages, s.Language)
	}
	return command.Command{
		Name:  "init",
		Short: "print a values file or a function to start from",
		Long: `Print a commented values file to start from: one function between two topics.
--list shows further examples, --example prints one of them.

With --function print the source of a small function instead, in Go, Rust, C or
JavaScript. Its first lines say what to name the file and how to build it.`,
		Example: "{} init > stack.yaml\n{} init --list\n{} init --example pipeline > stack.yaml\n{} init --function go > main.go",
		Flags: []command.Flag{
			{Name: "list", Help: "list the examples"},
			{Name: "example", Value: "NAME", Help: "print this example instead of the starter"},
			{Name: "function", Value: "LANGUAGE", Enum: languages, Help: "print a function to start from: go, rust, c or javascript"},
		},
		Run: func(c *command.Call) error {
			if language := c.Flags.String("function"); language != "" {
				if c.Flags.Has("example") || c.Flags.Has("list") {
					return fmt.Errorf("give --function or --list and --example, not both")
				}
				return printStarter(c, language)
			}
			if c.Flags.Bool("list") {
				for _, e := range examples.All() {
					if _, err := fmt.Fprintf(c.Out, "%-18s %s\n", e.Name, e.Title); err != nil {
						return err
					}
				}
				return nil
			}
			text := examples.Starter()
			if name := c.Flags.String("example"); name != "" {
				e, err := examples.Named(name)
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

// printStarter prints a function, and writes to standard error what it is: the output
// is likely to go to a file.
func printStarter(c *command.Call, language string) error {
	s, err := starters.For(language)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(c.Out, s.Source); err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.Stderr, "%s: save as %s, build as its first lines say, and set abi: %s\n", s.Language, s.File, s.ABI)
	return err
}
