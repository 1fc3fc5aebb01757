// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"io"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/command"
	"github.com/helm-wasm/helm-wasm/internal/command/commandtest"
)

var commands = commandtest.Table{Table: Plugin()}

func TestUsageErrors(t *testing.T) {
	tests := []struct {
		name string
		args []string
		want string
	}{
		{
			"unknown command",
			[]string{"verson"},
			`unknown command "verson" (did you mean "version"?); ` + "`helm wasm help` lists the commands",
		},
		{"unknown topic", []string{"help", "verson"}, `did you mean "version"?`},
		{"flag first", []string{"--strict", "lint"}, "flag \"--strict\" is before the command"},
		{"unknown flag", []string{"version", "--shrot"}, `unknown flag "--shrot" (did you mean "--short"?)`},
		{"unknown letter", []string{"version", "-z"}, `unknown flag "-z"`},
		{"extra argument", []string{"version", "now"}, `version does not take the argument "now"`},
		{"value of a switch", []string{"version", "--short=yes"}, "flag --short is a switch"},
		{"not in the list", []string{"inspect", "-o", "jsn"}, `flag --output: "jsn" is not one of text, json (did you mean "json"?)`},
		{"missing value", []string{"inspect", "--memory"}, `flag "--memory" needs a value: --memory SIZE`},
		{"twice", []string{"inspect", "-o", "json", "--output=text"}, `flag --output is given twice, as "json" and as "text"`},
		{"bad size", []string{"inspect", "--memory", "64Mib"}, `"64Mib" is not a size such as 64Mi`},
		{
			"file in the sandbox",
			[]string{"inspect", "a.wasm"},
			"a sandboxed plugin cannot open \"a.wasm\": type `helm wasm inspect < a.wasm`",
		},
		{"nothing on standard input", []string{"inspect"}, "no Wasm binary on standard input"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) { commandtest.WantError(t, commands.Sandbox("", tc.args...), tc.want) })
	}
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{nil, {"help"}, {"--help"}, {"-h"}} {
		got := commands.Sandbox("", args...)
		if got.Err != nil || !strings.Contains(got.Stdout, "Commands:\n") || !strings.Contains(got.Stdout, "helm wasm COMMAND") {
			t.Errorf("%v: %+v", args, got)
		}
	}
	for _, c := range Plugin().All() {
		want := commands.Sandbox("", "help", c.Name)
		if want.Err != nil || !strings.Contains(want.Stdout, "Usage:\n  helm wasm "+c.Name) {
			t.Errorf("help %s: %+v", c.Name, want)
		}
		for _, flag := range []string{"--help", "-h"} {
			if got := commands.Sandbox("", c.Name, flag); got != want {
				t.Errorf("%s %s is not help %s: %+v", c.Name, flag, c.Name, got)
			}
		}
	}
}

// TestTable checks what help, completion and the parser assume of the table.
func TestTable(t *testing.T) { commandtest.CheckTable(t, Plugin()) }

func TestTerminal(t *testing.T) {
	got := commands.Run(command.Env{Program: "helm wasm", Args: []string{"inspect"}, Stdin: neverRead{t}, StdinIsTerminal: true})
	commandtest.WantError(t, got, "no Wasm binary on standard input: type `helm wasm inspect < FILE`")
}

// neverRead fails the test when it is read.
type neverRead struct{ t *testing.T }

func (r neverRead) Read([]byte) (int, error) {
	r.t.Error("standard input was read")
	return 0, io.EOF
}

func FuzzFlags(f *testing.F) {
	f.Add("inspect\x00-o\x00json\x00--memory=1\x00--\x00x")
	f.Add("version\x00--short=true\x00-h")
	f.Add("this is a bug") // is in the message, as an unknown command
	f.Fuzz(func(t *testing.T, args string) {
		got := commands.Sandbox("", strings.Split(args, "\x00")...)
		if got.Err != nil && (got.Stdout != "" || strings.HasPrefix(got.Err.Error(), "this is a bug in helm wasm (")) {
			t.Errorf("%q: %+v", args, got)
		}
	})
}
