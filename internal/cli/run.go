// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Issues is where users report what went wrong in us.
const Issues = "https://github.com/helm-wasm/helm-wasm/issues"

// Reported is an error whose output stands: a report that found something
// bad, as against a command that could not do its work.
type Reported struct{ Err error }

func (r Reported) Error() string { return r.Err.Error() }
func (r Reported) Unwrap() error { return r.Err }

// Run runs the command that env.Args name. The error is one message for the
// user, already complete; on error nothing was written to standard output,
// except by a report (see Reported) or a command that streams.
func Run(env Env) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("this is a bug in %s (%v): please report the command and its input at %s", env.Program, r, Issues)
		}
		err = refused(&env, err)
	}()
	if env.Stdin == nil {
		env.Stdin = strings.NewReader("")
	}
	if env.Stdout == nil {
		env.Stdout = io.Discard
	}
	if env.Stderr == nil {
		env.Stderr = io.Discard
	}
	call, err := resolve(&env)
	if err != nil {
		return err
	}
	if call.Command.Streams {
		call.Out = env.Stdout
		return call.Command.Run(call)
	}
	var out bytes.Buffer
	call.Out = &out
	runErr := call.Command.Run(call)
	if runErr != nil && !errors.As(runErr, new(Reported)) {
		return runErr
	}
	if _, err := env.Stdout.Write(out.Bytes()); err != nil {
		return fmt.Errorf("writing to standard output: %w", err)
	}
	return runErr
}

// Main is Run for a process: it prints the error and returns the exit code.
func Main(env Env) int {
	if err := Run(env); err != nil {
		fmt.Fprintln(env.Stderr, "Error: "+err.Error())
		return 1
	}
	return 0
}

// resolve finds the command and parses its flags.
func resolve(env *Env) (*Call, error) {
	table := allCommands(env)
	call := &Call{Env: env, table: table}
	name, rest := "help", []string(nil)
	if len(env.Args) > 0 {
		name, rest = env.Args[0], env.Args[1:]
	}
	switch name {
	case "-h", "--help":
		name = "help"
	case "--version":
		name = "version"
	}
	cmd := find(table, name)
	switch {
	case cmd == nil && strings.HasPrefix(name, "-"):
		return nil, fmt.Errorf("flag %q stands before the command: type the command first, as in `%s lint %s`", name, env.Program, name)
	case cmd == nil:
		return nil, fmt.Errorf("unknown command %q%s; `%s help` lists the commands", name, didYouMean(name, names(visible(table, env.sandboxed()))), env.Program)
	case cmd.Native && env.sandboxed():
		return nil, fmt.Errorf("%q needs files or the network, which a sandboxed plugin has not: use the native program, `helm-wasm %s`", name, name)
	}
	call.Command = cmd
	parsed, args, err := parseFlags(rest, cmd.allFlags(env.sandboxed()))
	if err != nil {
		return nil, fmt.Errorf("%w; `%s %s --help` shows the command's flags", err, env.Program, cmd.Name)
	}
	call.Flags, call.Args = parsed, args
	if parsed.Bool("help") {
		help := helpCommand()
		call.Command, call.Args = &help, []string{cmd.Name}
		return call, nil
	}
	return call, checkArgs(call)
}

// checkArgs counts the positional arguments.
func checkArgs(call *Call) error {
	cmd := call.Command
	usage := strings.TrimSpace(call.Program + " " + cmd.Name + " " + cmd.Args)
	if len(call.Args) < cmd.MinArgs {
		return fmt.Errorf("%s needs %s: type `%s`", cmd.Name, cmd.Args, usage)
	}
	if len(call.Args) > cmd.MaxArgs {
		extra := call.Args[cmd.MaxArgs]
		if cmd.MaxArgs == 0 && call.takesValues() {
			return call.fileHint(extra)
		}
		return fmt.Errorf("%s does not take the argument %q: type `%s`", cmd.Name, extra, usage)
	}
	return nil
}
