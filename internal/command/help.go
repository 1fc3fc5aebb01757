// SPDX-License-Identifier: Apache-2.0

package command

import (
	"fmt"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/version"
)

// help returns the command help of a table.
func (t Table) help() Command {
	return Command{
		Name:    "help",
		Args:    "[COMMAND]",
		MaxArgs: 1,
		Short:   "show how to use a command",
		Example: "{} help render",
		Run: func(c *Call) error {
			if len(c.Args) == 0 {
				_, err := fmt.Fprint(c.Out, t.overview(c.Env))
				return err
			}
			cmd := t.find(c.Args[0])
			if cmd == nil {
				return t.unknown(c.Args[0], c.Program)
			}
			_, err := fmt.Fprint(c.Out, cmd.Help(c.Program))
			return err
		},
	}
}

// overview returns the help of the program.
func (t Table) overview(env *Env) string {
	var b strings.Builder
	fmt.Fprintf(&b,
		"WebAssembly functions on Kubernetes, fed by Kafka and scaled by KEDA: one values\nfile in, a running stack out. Version %s.\n\n",
		version.Version)
	fmt.Fprintf(&b, "Usage:\n  %s COMMAND [flags]\n\nCommands:\n", env.Program)
	for _, c := range t.All() {
		fmt.Fprintf(&b, "  %-12s %s\n", c.Name, c.Short)
	}
	in := "< stack.yaml"
	if !env.Sandboxed() {
		in = "-f stack.yaml"
	}
	fmt.Fprintf(&b, `
Start here:
  %[1]s init > stack.yaml
  %[1]s lint %[2]s
  %[1]s render %[2]s
  helm install shop wasm://charts/stack -f stack.yaml

`, env.Program, in)
	if env.Sandboxed() {
		b.WriteString("Values come on standard input and results go to standard output: a Wasm plugin\nof Helm sees no " +
			"files, no cluster and no network.\n\n")
	}
	fmt.Fprintf(&b, "`%s help COMMAND` explains a command.\n", env.Program)
	return b.String()
}

// Help returns the text that `help NAME` prints; program is what the user types
// before the command.
func (c *Command) Help(program string) string {
	var b strings.Builder
	text := c.Long
	if text == "" {
		text = strings.ToUpper(c.Short[:1]) + c.Short[1:] + "."
	}
	b.WriteString(strings.TrimSpace(strings.ReplaceAll(text, "{}", program)) + "\n\nUsage:\n  ")
	b.WriteString(strings.TrimSpace(program+" "+c.Name+" "+c.Args) + " [flags]\n")
	if c.Example != "" {
		b.WriteString("\nExamples:\n")
		for line := range strings.SplitSeq(strings.TrimSpace(c.Example), "\n") {
			b.WriteString("  " + strings.ReplaceAll(line, "{}", program) + "\n")
		}
	}
	b.WriteString("\nFlags:\n")
	for _, f := range c.AllFlags() {
		fmt.Fprintf(&b, "  %-24s %s\n", f.usage(), f.describe())
	}
	return b.String()
}

// usage returns the flag as it is typed.
func (f *Flag) usage() string {
	s := "    --" + f.Name
	if f.Short != "" {
		s = "-" + f.Short + ", --" + f.Name
	}
	if f.takesValue() {
		s += " " + f.Value
	}
	return s
}

// describe returns the flag's help with its default.
func (f *Flag) describe() string {
	if f.Default == "" {
		return f.Help
	}
	return fmt.Sprintf("%s (default %s)", f.Help, f.Default)
}
