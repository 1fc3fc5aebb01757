// SPDX-License-Identifier: Apache-2.0

package native

import (
	"slices"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/cli"
	"github.com/helm-wasm/helm-wasm/internal/command"
	"github.com/helm-wasm/helm-wasm/internal/command/commandtest"
)

func TestTable(t *testing.T) { commandtest.CheckTable(t, Table()) }

// TestSameCommands: the plugin's commands are the native program's, in the same
// order, and it names all others.
func TestSameCommands(t *testing.T) {
	plugin := cli.Plugin()
	var shared, others []string
	for _, name := range names(Table()) {
		if slices.Contains(names(plugin), name) {
			shared = append(shared, name)
		} else {
			others = append(others, name)
		}
	}
	if !slices.Equal(shared, names(plugin)) {
		t.Errorf("the native program has %v, the plugin %v", shared, names(plugin))
	}
	if !slices.Equal(others, plugin.NativeOnly) {
		t.Errorf("only the native program has %v, the plugin says %v", others, plugin.NativeOnly)
	}
}

// TestNativeFlags: what needs files or the network is not offered in the plugin.
func TestNativeFlags(t *testing.T) {
	commands := commandtest.Table{Table: Table()}
	for name, flags := range map[string][]string{
		"package":     {"output", "push", "gzip"},
		"plan":        {"trace"},
		"post-render": {"values", "overlay", "allow-exec", "allow-files-outside"},
	} {
		for _, flag := range flags {
			if !has(Table(), name, flag) || has(cli.Plugin(), name, flag) {
				t.Errorf("%s --%s: only the native program has it", name, flag)
			}
		}
	}
	commandtest.WantError(t, commands.Native(commandtest.Files{}, commandtest.EmptyModule, "package", "--push"), "flag --push needs --ref")
}

func names(table command.Table) []string {
	var list []string
	for _, c := range table.Commands {
		list = append(list, c.Name)
	}
	return list
}

// has reports whether a command of a table has a flag.
func has(table command.Table, name, flag string) bool {
	for _, c := range table.Commands {
		if c.Name == name {
			return slices.ContainsFunc(c.Flags, func(f command.Flag) bool { return f.Name == flag })
		}
	}
	return false
}
