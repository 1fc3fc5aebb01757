// SPDX-License-Identifier: Apache-2.0

// Package starters builds what `helm wasm init --function` prints and runs it.
package starters

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/helm-wasm/helm-wasm/test/engines"
	"github.com/helm-wasm/helm-wasm/test/engines/component"
	"github.com/helm-wasm/helm-wasm/test/engines/redpanda"
)

// source returns a starter's file.
func source(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(engines.Root(), "stack", "starters", path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// project writes files into a new directory.
func project(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func shell(t *testing.T, dir, script string) {
	t.Helper()
	cmd := exec.Command("bash", "-euo", "pipefail", "-c", script)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s\n%v: %s", script, err, out)
	}
}

var command = regexp.MustCompile(`(?m)^//(?:\t|   )(.*)$`)

// commands returns the build commands of a starter, as printed in its comment.
func commands(t *testing.T, source string) string {
	t.Helper()
	var lines []string
	for _, match := range command.FindAllStringSubmatch(source, -1) {
		lines = append(lines, match[1])
	}
	if len(lines) == 0 {
		t.Fatalf("no build commands in\n%s", source)
	}
	return strings.Join(lines, "\n")
}

func module(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func expectUpper(t *testing.T, transform []byte) {
	t.Helper()
	in := redpanda.Record{Key: []byte("k"), Value: []byte("abc"), Headers: []redpanda.Header{{Key: "h", Value: []byte("v")}}}
	out, err := redpanda.Run(context.Background(), transform, wazero.NewModuleConfig(), []redpanda.Record{in})
	if err != nil || len(out) != 1 || string(out[0].Value) != "ABC" || string(out[0].Key) != "k" || len(out[0].Headers) != 1 {
		t.Errorf("got %q, error %v", out, err)
	}
}

func TestGo(t *testing.T) {
	text := source(t, "go/main.go.txt")
	dir := project(t, map[string]string{"main.go": text})
	shell(t, dir, commands(t, text))
	expectUpper(t, module(t, filepath.Join(dir, "function.wasm")))
}

// buildRust builds a transform. Rust's own targets come by rustup; this builds
// with the project's toolchain and the SDK that a sample function has.
func buildRust(t *testing.T, main string) []byte {
	t.Helper()
	sample := filepath.Join(engines.Root(), "wasm-plugins", "functions", "redact-cards")
	dir := project(t, map[string]string{
		"src/main.rs": main,
		"Cargo.toml":  string(module(t, filepath.Join(sample, "Cargo.toml"))) + "\n[workspace]\n",
		"Cargo.lock":  string(module(t, filepath.Join(sample, "Cargo.lock"))),
	})
	vendor := filepath.Join(engines.Root(), "build", "rust", "redact-cards", "vendor")
	shell(t, dir, `env -u RUSTUP_TOOLCHAIN RUSTC="${WASM_RUSTC:-/usr/bin/rustc}" "${WASM_CARGO:-/usr/bin/cargo}" build --quiet --release \
  --offline --locked --ignore-rust-version --target "${WASM_RUST_TARGET:-wasm32-wasi}" --target-dir target \
  --config 'source.crates-io.replace-with="vendored"' --config 'source.vendored.directory="`+vendor+`"'
cp target/*/release/redact-cards.wasm function.wasm`)
	return module(t, filepath.Join(dir, "function.wasm"))
}

func TestRust(t *testing.T) { expectUpper(t, buildRust(t, source(t, "rust/main.rs"))) }

// runCommand runs a WASI command on one event.
func runCommand(t *testing.T, wasm []byte, event string) string {
	t.Helper()
	ctx := context.Background()
	runtime := wazero.NewRuntime(ctx)
	defer runtime.Close(ctx)
	wasi_snapshot_preview1.MustInstantiate(ctx, runtime)
	var out bytes.Buffer
	config := wazero.NewModuleConfig().WithStdin(strings.NewReader(event)).WithStdout(&out)
	if _, err := runtime.InstantiateWithConfig(ctx, wasm, config); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestC(t *testing.T) {
	text := source(t, "c/function.c")
	dir := project(t, map[string]string{"function.c": text})
	shell(t, dir, commands(t, text))
	if got := runCommand(t, module(t, filepath.Join(dir, "function.wasm")), "abc"); got != "ABC" {
		t.Errorf("got %q", got)
	}
}

// buildJavaScript makes a component with the toolchain that make installed and the
// crate's definitions, in the world that the starter prints.
func buildJavaScript(t *testing.T, text string) (path string) {
	t.Helper()
	toolchains := filepath.Join(engines.Root(), "build", "toolchains")
	world := regexp.MustCompile(`echo '(.*)' > wit/world.wit`).FindStringSubmatch(source(t, "javascript/function.js"))
	if world == nil {
		t.Fatal("the starter prints no world")
	}
	dir := project(t, map[string]string{"function.js": text, "wit/world.wit": world[1] + "\n"})
	shell(t, dir, `cp -r "`+filepath.Join(toolchains, "wit", "vendor", "wasi", "wit", "deps")+`" wit/deps
"`+filepath.Join(toolchains, "jco", "node_modules", ".bin", "jco")+
		`" componentize function.js --wit wit --world-name function --out function.wasm`)
	path = filepath.Join(dir, "function.wasm")
	// Version 13 and layer 1: a component, not a module.
	if preamble := module(t, path)[:8]; !bytes.Equal(preamble, []byte("\x00asm\x0d\x00\x01\x00")) {
		t.Errorf("preamble %x", preamble)
	}
	return path
}

// post sends one event to a component on a host of wasi:http.
func post(t *testing.T, path, event string) string {
	t.Helper()
	client := &http.Client{Timeout: 5 * time.Minute}
	answer, err := client.Post(component.Serve(t, path), "application/json", strings.NewReader(event))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("status %s, error %v: %s", answer.Status, err, body)
	}
	return string(body)
}

func TestJavaScript(t *testing.T) {
	if got := post(t, buildJavaScript(t, source(t, "javascript/function.js")), `{"a": "abc"}`); got != `{"A": "ABC"}` {
		t.Errorf("got %q", got)
	}
}
