// SPDX-License-Identifier: Apache-2.0

// Package clidoc writes what is generated from the command table: Helm's
// completion.yaml and docs/CLI.md. `make generate` runs its test with -update.
package clidoc

import (
	"fmt"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/cli"
	"github.com/helm-wasm/helm-wasm/internal/cli/native"
	"github.com/helm-wasm/helm-wasm/internal/command"
)

// helmFlags are Helm's own on every command. Helm offers them itself, and a
// second flag of the same letter would stop its completion.
var helmFlags = map[string]bool{"namespace": true, "color": true, "help": true, "debug": true}

// Completion returns completion.yaml, from which Helm completes `helm wasm`.
func Completion() []byte {
	var b strings.Builder
	b.WriteString("# Generated from internal/cli by `make generate`.\nname: wasm\ncommands:\n")
	for _, c := range cli.Plugin().All() {
		fmt.Fprintf(&b, "- name: %s\n", c.Name)
		// Helm pairs the n-th letter with the n-th name.
		var shorts, withShort, without []string
		for _, f := range c.Flags {
			switch {
			case helmFlags[f.Name]:
			case f.Short != "":
				shorts, withShort = append(shorts, f.Short), append(withShort, f.Name)
			default:
				without = append(without, f.Name)
			}
		}
		flags := append(append(withShort, without...), shorts...)
		if len(flags) > 0 {
			b.WriteString("  flags:\n")
		}
		for _, f := range flags {
			fmt.Fprintf(&b, "  - %s\n", f)
		}
	}
	return []byte(b.String())
}

// Reference returns docs/CLI.md.
func Reference() []byte {
	var b strings.Builder
	b.WriteString(`<!-- Generated from internal/cli by "make generate". -->
# Commands

The plugin (` + "`helm wasm`" + `) and the native program (` + "`helm-wasm`" + `) have the same
commands from the same table. The plugin runs in Helm's sandbox: values come on
standard input, results go to standard output. The native program takes files too.

On failure a command exits with 1, says why on standard error, and leaves
standard output empty. ` + "`lint`" + ` also exits with 1 when its report holds errors.

`)
	inPlugin := map[string]command.Command{}
	for _, c := range cli.Plugin().All() {
		inPlugin[c.Name] = c
	}
	table := native.Table().All()
	for _, c := range table {
		fmt.Fprintf(&b, "- [%s](#%s): %s\n", c.Name, c.Name, c.Short)
	}
	for _, c := range table {
		fmt.Fprintf(&b, "\n## %s\n\n", c.Name)
		program := "helm-wasm"
		if same, ok := inPlugin[c.Name]; ok {
			c, program = same, "helm wasm"
		} else {
			b.WriteString("Native program only: a sandboxed plugin has no files and no network.\n\n")
		}
		fmt.Fprintf(&b, "```text\n%s```\n", c.Help(program))
	}
	return []byte(b.String())
}
