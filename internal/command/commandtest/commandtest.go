// SPDX-License-Identifier: Apache-2.0

// Package commandtest runs commands in tests, as the plugin and as the native
// program do.
package commandtest

import (
	"bytes"
	"io/fs"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/command"
)

// Values are values without a finding.
const Values = `kafka: {topics: {in: {partitions: 4}, out: {partitions: 4}, dead: {partitions: 1}}}
functions:
  f:
    module: {image: "ghcr.io/acme/f@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
    source: {topic: in}
    sink: {topic: out}
    onError: {deadLetterTopic: dead}
`

// Mistaken are values with one error, HW01.
var Mistaken = strings.Replace(Values, "sink:", "scaling: {lagTreshold: 5}\n    sink:", 1)

// EmptyModule is the smallest Wasm module.
const EmptyModule = "\x00asm\x01\x00\x00\x00"

// Table is a table under test.
type Table struct{ command.Table }

// Of returns a table of these commands.
func Of(commands ...command.Command) Table {
	return Table{command.Table{Commands: commands}}
}

// Outcome is that of a run.
type Outcome struct {
	Stdout, Stderr string
	Err            error
}

// Sandbox runs a command as the plugin does: without files.
func (t Table) Sandbox(stdin string, args ...string) Outcome {
	return t.Run(command.Env{Program: "helm wasm", Args: args, Stdin: strings.NewReader(stdin)})
}

// Native runs a command as the native program does.
func (t Table) Native(files Files, stdin string, args ...string) Outcome {
	return t.Run(command.Env{Program: "helm-wasm", Args: args, Stdin: strings.NewReader(stdin), FS: files})
}

// Run runs a command and collects what it writes.
func (t Table) Run(env command.Env) Outcome {
	var stdout, stderr bytes.Buffer
	env.Stdout, env.Stderr = &stdout, &stderr
	err := t.Table.Run(env)
	return Outcome{stdout.String(), stderr.String(), err}
}

// Files is a file system in memory.
type Files map[string][]byte

// ReadFile returns a file of the map.
func (m Files) ReadFile(name string) ([]byte, error) {
	data, ok := m[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return data, nil
}

// WriteFile puts a file into the map.
func (m Files) WriteFile(name string, data []byte) error {
	m[name] = data
	return nil
}

// WantError fails the test unless the outcome is an error with want in its
// message, and nothing on standard output.
func WantError(t *testing.T, got Outcome, want string) {
	t.Helper()
	if got.Err == nil || !strings.Contains(got.Err.Error(), want) {
		t.Errorf("error %v, want one with %q", got.Err, want)
	}
	if got.Stdout != "" {
		t.Errorf("standard output on failure: %q", got.Stdout)
	}
}
