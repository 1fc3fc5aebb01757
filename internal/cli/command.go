// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"io"
)

// Command is one row of the table. Help, the reference, shell completion and
// flag parsing all come from it.
type Command struct {
	// Name is the word that the user types.
	Name string

	// Args shows the positional arguments, such as "FIELD" or "[COMMAND]".
	Args string

	// MaxArgs is the number of positional arguments at most, MinArgs at least.
	MinArgs, MaxArgs int

	// ArgValues are the values of the first argument, for shell completion.
	ArgValues func() []string

	// Short is one line; Long is the text of `help NAME`, Example its commands
	// with {} for the program's name.
	Short, Long, Example string

	Flags []Flag

	// Native commands need files, processes or the network: the plugin lists
	// them nowhere and says who has them when asked.
	Native bool

	// Streams writes standard output as it comes, for commands that run long.
	// Others write all of it on success and nothing on failure.
	Streams bool

	Run func(*Call) error
}

// Call is one run of a command.
type Call struct {
	*Env

	// Command that runs.
	Command *Command

	// Args are the positional arguments.
	Args []string

	// Flags that were given.
	Flags Parsed

	// Out is standard output.
	Out io.Writer

	table []Command
}

// commands is the table that both programs share, in the order of help.
func commands() []Command {
	return []Command{
		initCommand(),
		lintCommand(),
		renderCommand(),
		DiffCommand(nil),
		PostRenderCommand(PostRenderTools{}),
		schemaCommand(),
		explainCommand(),
		krmCommand(),
		inspectCommand(),
		PackageCommand(PackageTools{}),
		BuildCommand(nil),
		DevCommand(nil),
		versionCommand(),
		helpCommand(),
	}
}

// Table is the shared table, without native commands when sandboxed: what
// shell completion and the reference are generated from.
func Table(sandboxed bool) []Command { return visible(commands(), sandboxed) }

// allCommands is the shared table with what this program adds; an added
// command replaces a shared one of its name.
func allCommands(env *Env) []Command {
	table := commands()
	for _, extra := range env.Commands {
		if c := find(table, extra.Name); c != nil {
			*c = extra
			continue
		}
		// Before version and help, which close the list. (Generic functions would
		// be in the plugin once more for this type, and its description with them.)
		end := len(table) - 2
		table = append(table, extra)
		copy(table[end+1:], table[end:])
		table[end] = extra
	}
	return table
}

// visible are the commands that this program can run.
func visible(table []Command, sandboxed bool) []Command {
	kept := make([]Command, 0, len(table))
	for i := range table {
		if !table[i].Native || !sandboxed {
			kept = append(kept, table[i])
		}
	}
	return kept
}

// find returns the command of a name.
func find(table []Command, name string) *Command {
	for i := range table {
		if table[i].Name == name {
			return &table[i]
		}
	}
	return nil
}

// names of the commands.
func names(table []Command) []string {
	list := make([]string, 0, len(table))
	for _, c := range table {
		list = append(list, c.Name)
	}
	return list
}
