// SPDX-License-Identifier: Apache-2.0

package command

import (
	"fmt"
	"io"
	"slices"

	"github.com/helm-wasm/helm-wasm/internal/suggest"
)

// Command is one command of a program. Help, the reference, shell completion and
// the parsing of flags all follow from it.
type Command struct {
	// Name is the word that the user types.
	Name string

	// Args shows the positional arguments, such as "FIELD" or "[COMMAND]".
	Args string

	// MinArgs and MaxArgs bound the number of positional arguments.
	MinArgs, MaxArgs int

	// Short is one line; Long is the text of `help NAME`, Example its commands
	// with {} for the program's name.
	Short, Long, Example string

	Flags []Flag

	// Streams writes standard output as it comes, for commands that run long.
	// Others write all of it on success and nothing on failure.
	Streams bool

	Run func(*Call) error

	// Failed, where set, sees each failure of the command, also those of reading
	// its flags, and returns the error that is left to report.
	Failed func(*Env, error) error
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
}

// Table is what a program can do. The command help is in every program and in
// no table.
type Table struct {
	// Commands in the order of help.
	Commands []Command

	// NativeOnly names commands that need files, processes or the network. The
	// plugin does not have them and says which program does.
	NativeOnly []string
}

// All returns the commands of the table, and help.
func (t Table) All() []Command { return append(slices.Clip(t.Commands), t.help()) }

// find returns the command with a name, or nil.
func (t Table) find(name string) *Command {
	all := t.All()
	for i := range all {
		if all[i].Name == name {
			return &all[i]
		}
	}
	return nil
}

// unknown returns the error for a name that is not in the table.
func (t Table) unknown(name, program string) error {
	var names []string
	for _, c := range t.All() {
		names = append(names, c.Name)
	}
	return fmt.Errorf("unknown command %q%s; `%s help` lists the commands", name, DidYouMean(name, names), program)
}

// DidYouMean returns the end of a sentence that names an unknown word: the known word
// that was probably meant, in parentheses, or nothing.
func DidYouMean(word string, known []string) string {
	if best := suggest.Nearest(word, known); best != "" {
		return fmt.Sprintf(" (did you mean %q?)", best)
	}
	return ""
}
