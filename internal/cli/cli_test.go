// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
)

// outcome of a run.
type outcome struct {
	stdout, stderr string
	err            error
}

// memory is a file system for tests.
type memory map[string][]byte

func (m memory) ReadFile(name string) ([]byte, error) {
	data, ok := m[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return data, nil
}

func (m memory) WriteFile(name string, data []byte) error {
	m[name] = data
	return nil
}

// sandbox runs a command as the plugin does; native as the program does.
func sandbox(stdin string, args ...string) outcome {
	return run(Env{Program: "helm wasm", Args: args, Stdin: strings.NewReader(stdin)})
}

func native(files memory, stdin string, args ...string) outcome {
	return run(Env{Program: "helm-wasm", Args: args, Stdin: strings.NewReader(stdin), FS: files})
}

func run(env Env) outcome {
	var stdout, stderr bytes.Buffer
	env.Stdout, env.Stderr = &stdout, &stderr
	err := Run(env)
	return outcome{stdout.String(), stderr.String(), err}
}

// wantError says what is wrong with an outcome that should be an error.
func wantError(t *testing.T, got outcome, want string) {
	t.Helper()
	if got.err == nil || !strings.Contains(got.err.Error(), want) {
		t.Errorf("error %v, want one with %q", got.err, want)
	}
	if got.stdout != "" {
		t.Errorf("standard output on failure: %q", got.stdout)
	}
}

func TestUsageErrors(t *testing.T) {
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"unknown command", []string{"verson"}, `unknown command "verson" (did you mean "version"?); ` + "`helm wasm help` lists the commands"},
		{"unknown topic", []string{"help", "verson"}, `did you mean "version"?`},
		{"flag first", []string{"--strict", "lint"}, "flag \"--strict\" stands before the command"},
		{"unknown flag", []string{"version", "--shrot"}, `unknown flag "--shrot" (did you mean "--short"?)`},
		{"unknown letter", []string{"version", "-z"}, `unknown flag "-z"`},
		{"extra argument", []string{"version", "now"}, `version does not take the argument "now"`},
		{"value of a switch", []string{"version", "--short=yes"}, "flag --short is a switch"},
		{"not in the list", []string{"inspect", "-o", "jsn"}, `flag --output: "jsn" is not one of text, json (did you mean "json"?)`},
		{"missing value", []string{"inspect", "--memory"}, `flag "--memory" needs a value: --memory SIZE`},
		{"twice", []string{"inspect", "-o", "json", "--output=text"}, `flag --output is given twice, as "json" and as "text"`},
		{"bad size", []string{"inspect", "--memory", "64Mib"}, `"64Mib" is not a size such as 64Mi`},
		{"file in the sandbox", []string{"inspect", "a.wasm"}, "a sandboxed plugin cannot open \"a.wasm\": type `helm wasm inspect < a.wasm`"},
		{"nothing on standard input", []string{"inspect"}, "no Wasm binary on standard input"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) { wantError(t, sandbox("", tc.args...), tc.want) })
	}
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{nil, {"help"}, {"--help"}, {"-h"}} {
		got := sandbox("", args...)
		if got.err != nil || !strings.Contains(got.stdout, "Commands:\n") || !strings.Contains(got.stdout, "helm wasm COMMAND") {
			t.Errorf("%v: %+v", args, got)
		}
	}
	for _, c := range Table(true) {
		want := sandbox("", "help", c.Name)
		if want.err != nil || !strings.Contains(want.stdout, "Usage:\n  helm wasm "+c.Name) {
			t.Errorf("help %s: %+v", c.Name, want)
		}
		for _, flag := range []string{"--help", "-h"} {
			if got := sandbox("", c.Name, flag); got != want {
				t.Errorf("%s %s is not help %s: %+v", c.Name, flag, c.Name, got)
			}
		}
	}
}

// TestTable holds the table to what help, completion and the parser assume.
func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range commands() {
		if seen[c.Name] {
			t.Errorf("command %s stands twice", c.Name)
		}
		seen[c.Name] = true
		if c.Short == "" || c.Run == nil && !c.Native {
			t.Errorf("command %s lacks its line of help or its function", c.Name)
		}
		if c.MaxArgs > 0 && c.Args == "" {
			t.Errorf("command %s takes arguments that help does not show", c.Name)
		}
		flags := map[string]bool{}
		for _, f := range c.allFlags(false) {
			if f.Help == "" {
				t.Errorf("%s --%s has no help", c.Name, f.Name)
			}
			for _, key := range []string{f.Name, f.Short} {
				if key != "" && flags[key] {
					t.Errorf("%s: flag %s stands twice", c.Name, key)
				}
				flags[key] = true
			}
			if len(f.Short) > 1 {
				t.Errorf("%s --%s: %q is not one letter", c.Name, f.Name, f.Short)
			}
		}
		for line := range strings.SplitSeq(c.Help("helm wasm", true), "\n") {
			if len(line) > 160 {
				t.Errorf("help of %s: line of %d characters: %s", c.Name, len(line), line)
			}
		}
	}
}

func TestTerminal(t *testing.T) {
	got := run(Env{Program: "helm wasm", Args: []string{"inspect"}, Stdin: neverRead{t}, StdinIsTerminal: true})
	wantError(t, got, "no Wasm binary on standard input: type `helm wasm inspect < FILE`")
}

// neverRead fails the test when it is read.
type neverRead struct{ t *testing.T }

func (r neverRead) Read([]byte) (int, error) {
	r.t.Error("standard input was read")
	return 0, io.EOF
}

func TestOutputOnFailure(t *testing.T) {
	boom := errors.New("boom")
	extra := []Command{
		{Name: "panics", Short: "x", Run: func(c *Call) error { io.WriteString(c.Out, "half"); panic("oops") }},
		{Name: "fails", Short: "x", Run: func(c *Call) error { io.WriteString(c.Out, "half"); return boom }},
		{Name: "reports", Short: "x", Run: func(c *Call) error { io.WriteString(c.Out, "all"); return Reported{boom} }},
		{Name: "streams", Short: "x", Streams: true, Run: func(c *Call) error { io.WriteString(c.Out, "part"); return boom }},
	}
	tests := []struct{ command, stdout, err string }{
		{"panics", "", "this is a bug in helm wasm (oops): please report the command and its input at " + Issues},
		{"fails", "", "boom"},
		{"reports", "all", "boom"},
		{"streams", "part", "boom"},
	}
	for _, tc := range tests {
		got := run(Env{Program: "helm wasm", Args: []string{tc.command}, Commands: extra})
		if got.stdout != tc.stdout || got.err == nil || got.err.Error() != tc.err {
			t.Errorf("%s: %+v", tc.command, got)
		}
	}
}

// full is a disk without space.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestWriteError(t *testing.T) {
	err := Run(Env{Program: "helm wasm", Args: []string{"version"}, Stdout: full{}})
	if err == nil || err.Error() != "writing to standard output: no space left" {
		t.Errorf("got %v", err)
	}
}

func TestMainExit(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := Main(Env{Program: "helm-wasm", Args: []string{"nope"}, Stdout: &stdout, Stderr: &stderr}); code != 1 {
		t.Errorf("exit %d", code)
	}
	if got := stderr.String(); !strings.HasPrefix(got, `Error: unknown command "nope"`) || strings.Count(got, "\n") != 1 {
		t.Errorf("stderr %q", got)
	}
	if code := Main(Env{Program: "helm-wasm", Args: []string{"version"}, Stdout: &stdout}); code != 0 || stdout.Len() == 0 {
		t.Errorf("exit %d, stdout %q", code, stdout.String())
	}
}

// TestNativeOnly: the plugin says who can do what it cannot.
func TestNativeOnly(t *testing.T) {
	extra := []Command{{Name: "dev", Short: "x", Native: true, Run: func(c *Call) error { _, err := io.WriteString(c.Out, "ran"); return err }}}
	wantError(t, run(Env{Program: "helm wasm", Args: []string{"dev"}, Commands: extra}), "use the native program, `helm-wasm dev`")
	if got := run(Env{Program: "helm wasm", Commands: extra}); strings.Contains(got.stdout, "dev") {
		t.Errorf("the plugin lists what it cannot do:\n%s", got.stdout)
	}
	if got := run(Env{Program: "helm-wasm", Args: []string{"dev"}, FS: memory{}, Commands: extra}); got.stdout != "ran" {
		t.Errorf("%+v", got)
	}
}

const emptyModule = "\x00asm\x01\x00\x00\x00"

func TestInspect(t *testing.T) {
	text := sandbox(emptyModule, "inspect")
	if text.err != nil || !strings.HasPrefix(text.stdout, "Core module") {
		t.Errorf("%+v", text)
	}
	if got := sandbox(emptyModule, "inspect", "-ojson", "--memory=64Mi"); got.err != nil || !strings.Contains(got.stdout, `"kind": "core module"`) {
		t.Errorf("%+v", got)
	}
	files := memory{"a.wasm": []byte(emptyModule)}
	if got := native(files, "", "inspect", "a.wasm"); got != text {
		t.Errorf("the file gives %+v, standard input %+v", got, text)
	}
	wantError(t, native(files, "", "inspect", "b.wasm"), "open b.wasm")
	wantError(t, sandbox("hello", "inspect"), "reading standard input: ")
	wantError(t, native(nil, "x", "inspect", "-"), "reading standard input: ")
}

func TestParseSize(t *testing.T) {
	tests := []struct {
		in   string
		want uint64
	}{
		{"64Mi", 64 << 20},
		{"1Gi", 1 << 30},
		{"4Ki", 4096},
		{"500M", 500e6},
		{"2k", 2000},
		{"65536", 65536},
		{"", 0},
		{"Mi", 0},
		{"-1", 0},
		{"0", 0},
		{"1.5Gi", 0},
		{"99999999999999999999", 0},
		{"9999999999Gi", 0},
	}
	for _, tc := range tests {
		got, err := parseSize(tc.in)
		if got != tc.want || (err == nil) != (tc.want > 0) {
			t.Errorf("parseSize(%q) = %d, %v; want %d", tc.in, got, err, tc.want)
		}
	}
}

func FuzzFlags(f *testing.F) {
	f.Add("inspect\x00-o\x00json\x00--memory=1\x00--\x00x")
	f.Add("version\x00--short=true\x00-h")
	f.Add("this is a bug") // is in the message, as an unknown command
	f.Fuzz(func(t *testing.T, args string) {
		got := sandbox("", strings.Split(args, "\x00")...)
		if got.err != nil && (got.stdout != "" || strings.HasPrefix(got.err.Error(), "this is a bug in helm wasm (")) {
			t.Errorf("%q: %+v", args, got)
		}
	})
}
