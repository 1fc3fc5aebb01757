// SPDX-License-Identifier: Apache-2.0

package helm

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// patience is how much processor time a call may take before a test says that its work has
// no bound. Calls take about a second; what else the machine does is not counted. Speed
// itself is measured by bench/.
const patience = time.Minute

// wasm runs the plugin wasm.
func (h *home) wasm(input []byte, args ...string) result {
	return h.run(input, helmBin, append([]string{"wasm"}, args...)...)
}

// badInputs returns files that people and attackers pipe in.
func badInputs() map[string][]byte {
	random := make([]byte, 100_000)
	source := rand.New(rand.NewPCG(1, 2))
	for i := range random {
		random[i] = byte(source.Uint32())
	}
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += fmt.Sprintf("%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	mapBomb := "functions:\n  a: &a {x: 1}\n"
	for c := 'b'; c < 'p'; c++ {
		mapBomb += fmt.Sprintf("  %c: &%c {x: *%c, y: *%c, z: *%c}\n", c, c, c-1, c-1, c-1)
	}
	deepBlock := ""
	for i := range 2000 {
		deepBlock += strings.Repeat(" ", i) + "a:\n"
	}
	const ok = "functions:\n  a:\n    module: {image: x}\n    source: {topic: t}\n"
	return map[string][]byte{
		"empty":                     nil,
		"only blanks":               []byte(" \n\n"),
		"only a comment":            []byte("# nothing\n"),
		"broken YAML":               []byte("functions:\n  a:\n    source: {topic: t\n"),
		"a tab":                     []byte("functions:\n\ta: {}\n"),
		"bad indentation":           []byte("functions:\n  a:\n   source: {}\n  module: {}\n b: {}\n"),
		"a list":                    []byte("- a\n- b\n"),
		"a scalar":                  []byte("hello\n"),
		"two of a key":              []byte(ok + "functions: {}\n"),
		"a wrong type":              []byte("functions:\n  a:\n    source: [t]\n    module: {image: x}\n"),
		"a string for a number":     []byte(ok + "    scaling: {maxReplicas: many}\n"),
		"functions as a list":       []byte("functions:\n- name: a\n"),
		"an unknown key":            []byte(ok + "    scaling: {lagTreshold: 5}\n"),
		"an unknown key at the top": []byte(ok + "function: {}\n"),
		"20 MB of a key":            append([]byte("a: "), bytes.Repeat([]byte("x"), 20<<20)...),
		"20 MB of lines":            bytes.Repeat([]byte("a: b\n"), 4<<20),
		"20 MB of brackets":         bytes.Repeat([]byte("["), 20<<20),
		"an alias bomb of lists":    []byte(bomb),
		"an alias bomb of maps":     []byte(mapBomb),
		"an alias in itself":        []byte("a: &a [*a]\n"),
		"deep brackets":             []byte("a: " + strings.Repeat("[", 100_000)),
		"deep braces":               []byte("a: " + strings.Repeat("{a: ", 100_000)),
		"deep dashes":               []byte(strings.Repeat("- ", 100_000) + "a"),
		"deep blocks":               []byte(deepBlock),
		"a NUL byte":                []byte("functions:\n  a\x00b: {}\n"),
		"invalid UTF-8":             []byte("functions:\n  caf\xe9: {}\n"),
		"UTF-16":                    []byte("\xff\xfef\x00:\x00"),
		"a Wasm binary":             []byte("\x00asm\x01\x00\x00\x00"),
		"a gzip archive":            []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03abc"),
		"random bytes":              random,
		"a tag":                     []byte("functions: !!python/object:os.system {a: b}\n"),
	}
}

// TestBadInput: one clear message, and nothing on standard output.
func TestBadInput(t *testing.T) {
	h := shared(t)
	for name, input := range badInputs() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := h.wasm(input, "render")
			checkFailure(t, r)
			// Rendering and linting read the same way; only a report goes to
			// standard output.
			lint := h.wasm(input, "lint")
			if lint.code != 1 {
				t.Error("lint finds nothing wrong:", lint)
			}
			checkPlain(t, lint)
			checkBounded(t, lint)
		})
	}
}

// TestBadBinary does the same for inspect.
func TestBadBinary(t *testing.T) {
	h := shared(t)
	inputs := map[string][]byte{
		"empty": nil, "text": []byte("hello"), "cut off": []byte("\x00asm\x01\x00"),
		"a wrong version":       []byte("\x00asm\x09\x00\x00\x00"),
		"a section too long":    []byte("\x00asm\x01\x00\x00\x00\x01\xff\xff\xff\xff\x0f"),
		"20 MB of zeros":        make([]byte, 20<<20),
		"20 MB behind a header": append([]byte("\x00asm\x01\x00\x00\x00"), bytes.Repeat([]byte{1}, 20<<20)...),
	}
	for name, input := range inputs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkFailure(t, h.wasm(input, "inspect"))
		})
	}
}

// checkFailure checks a failure against the rules.
func checkFailure(t *testing.T, r result) {
	t.Helper()
	if r.code != 1 || r.stdout != "" {
		t.Errorf("want exit 1 and nothing on standard output:\n%s", r)
	}
	message := strings.TrimSpace(r.stderr)
	if !strings.HasPrefix(message, "Error: plugin error: ") || len(message) > 4000 {
		t.Errorf("want one message of reasonable length:\n%s", r)
	}
	checkPlain(t, r)
	checkBounded(t, r)
}

// checkPlain finds what no user should see.
func checkPlain(t *testing.T, r result) {
	t.Helper()
	for _, ugly := range []string{
		"panic", "goroutine", "wasm stack trace", "exit_code", "runtime error", "fatal error", "out of memory", "this is a bug",
	} {
		if strings.Contains(r.stderr, ugly) {
			t.Errorf("%q in\n%s", ugly, r)
		}
	}
}

// checkBounded finds a call whose work grew without bound.
func checkBounded(t *testing.T, r result) {
	t.Helper()
	t.Logf("%v of processor time: %s", r.busy.Round(time.Millisecond), r.command)
	if r.busy > patience {
		t.Errorf("used %v of processor time, more than %v:\n%s", r.busy, patience, r)
	}
}
