// SPDX-License-Identifier: Apache-2.0

package command

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Issues is where users report bugs.
const Issues = "https://github.com/helm-wasm/helm-wasm/issues"

// Reported is the error of a command that did its work and found something wrong, as
// lint does: its output is written anyway.
type Reported struct{ Err error }

func (r Reported) Error() string { return r.Err.Error() }
func (r Reported) Unwrap() error { return r.Err }

// Run runs the command that env.Args name. The error is one message for the
// user, already complete; on error nothing was written to standard output,
// except by a report (see Reported) or a command that streams.
func (t Table) Run(env Env) (err error) {
	if env.Stdin == nil {
		env.Stdin = strings.NewReader("")
	}
	if env.Stdout == nil {
		env.Stdout = io.Discard
	}
	if env.Stderr == nil {
		env.Stderr = io.Discard
	}
	if env.Getenv == nil {
		env.Getenv = func(string) string { return "" }
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("this is a bug in %s (%v): please report the command and its input at %s", env.Program, r, Issues)
		}
		err = t.failed(&env, err)
	}()
	call, err := t.resolve(&env)
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

// Main does the same as Run for a process: it prints the error and returns the exit code.
func (t Table) Main(env Env) int {
	if err := t.Run(env); err != nil {
		fmt.Fprintln(env.Stderr, "Error: "+err.Error())
		return 1
	}
	return 0
}

// failed lets the command that was asked for see its failure.
func (t Table) failed(env *Env, err error) error {
	if err == nil || len(env.Args) == 0 {
		return err
	}
	if cmd := t.find(env.Args[0]); cmd != nil && cmd.Failed != nil {
		return cmd.Failed(env, err)
	}
	return err
}

// resolve finds the command and parses its flags.
func (t Table) resolve(env *Env) (*Call, error) {
	call := &Call{Env: env}
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
	cmd := t.find(name)
	switch {
	case cmd != nil:
	case strings.HasPrefix(name, "-"):
		return nil, fmt.Errorf("flag %q is before the command: type the command first, as in `%s lint %s`", name, env.Program, name)
	case slices.Contains(t.NativeOnly, name):
		return nil, fmt.Errorf(
			"%q needs files or the network, which a sandboxed plugin does not have: use the native program, `helm-wasm %s`",
			name, name,
		)
	default:
		return nil, t.unknown(name, env.Program)
	}
	call.Command = cmd
	parsed, args, err := parseFlags(rest, cmd.AllFlags())
	if err != nil {
		return nil, fmt.Errorf("%w; `%s %s --help` shows the command's flags", err, env.Program, cmd.Name)
	}
	call.Flags, call.Args = parsed, args
	if parsed.Bool("help") {
		help := t.help()
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
			return call.FileHint(extra)
		}
		return fmt.Errorf("%s does not take the argument %q: type `%s`", cmd.Name, extra, usage)
	}
	return nil
}
