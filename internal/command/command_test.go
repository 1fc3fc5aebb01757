// SPDX-License-Identifier: Apache-2.0

package command_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/command"
	"github.com/helm-wasm/helm-wasm/internal/command/commandtest"
)

// version prints a line.
func version() command.Command {
	return command.Command{Name: "version", Short: "x", Run: func(c *command.Call) error {
		_, err := io.WriteString(c.Out, "1\n")
		return err
	}}
}

// half writes what must not come out, and fails.
func half(fail func() error) func(*command.Call) error {
	return func(c *command.Call) error {
		if _, err := io.WriteString(c.Out, "half"); err != nil {
			return err
		}
		return fail()
	}
}

func TestOutputOnFailure(t *testing.T) {
	boom := errors.New("boom")
	commands := commandtest.Of(
		command.Command{Name: "panics", Short: "x", Run: half(func() error { panic("oops") })},
		command.Command{Name: "fails", Short: "x", Run: half(func() error { return boom })},
		command.Command{Name: "reports", Short: "x", Run: half(func() error { return command.Reported{Err: boom} })},
		command.Command{Name: "streams", Short: "x", Streams: true, Run: half(func() error { return boom })},
		command.Command{
			Name: "explains", Short: "x", Run: half(func() error { return boom }),
			Failed: func(_ *command.Env, err error) error { return errors.New("a big " + err.Error()) },
		},
	)
	tests := []struct{ command, stdout, err string }{
		{"panics", "", "this is a bug in helm wasm (oops): please report the command and its input at " + command.Issues},
		{"fails", "", "boom"},
		{"reports", "half", "boom"},
		{"streams", "half", "boom"},
		{"explains", "", "a big boom"},
	}
	for _, tc := range tests {
		got := commands.Run(command.Env{Program: "helm wasm", Args: []string{tc.command}})
		if got.Stdout != tc.stdout || got.Err == nil || got.Err.Error() != tc.err {
			t.Errorf("%s: %+v", tc.command, got)
		}
	}
}

// full is a disk without space.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestWriteError(t *testing.T) {
	err := commandtest.Of(version()).Table.Run(command.Env{Program: "helm wasm", Args: []string{"version"}, Stdout: full{}})
	if err == nil || err.Error() != "writing to standard output: no space left" {
		t.Errorf("got %v", err)
	}
}

func TestMainExit(t *testing.T) {
	commands := commandtest.Of(version())
	var stdout, stderr bytes.Buffer
	if code := commands.Main(command.Env{Program: "helm-wasm", Args: []string{"nope"}, Stdout: &stdout, Stderr: &stderr}); code != 1 {
		t.Errorf("exit %d", code)
	}
	if got := stderr.String(); !strings.HasPrefix(got, `Error: unknown command "nope"`) || strings.Count(got, "\n") != 1 {
		t.Errorf("stderr %q", got)
	}
	if code := commands.Main(command.Env{
		Program: "helm-wasm", Args: []string{"version"}, Stdout: &stdout,
	}); code != 0 || stdout.Len() == 0 {
		t.Errorf("exit %d, stdout %q", code, stdout.String())
	}
}

// TestNativeOnly: the plugin says which program can do what it cannot.
func TestNativeOnly(t *testing.T) {
	plugin := commandtest.Of(version())
	plugin.NativeOnly = []string{"dev"}
	commandtest.WantError(t, plugin.Sandbox("", "dev"), "use the native program, `helm-wasm dev`")
	commandtest.WantError(t, plugin.Sandbox("", "help", "dev"), `unknown command "dev"`)
	if got := plugin.Sandbox(""); got.Err != nil || strings.Contains(got.Stdout, "dev") {
		t.Errorf("the plugin lists what it cannot do: %+v", got)
	}
}
