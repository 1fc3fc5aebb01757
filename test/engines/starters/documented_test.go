// SPDX-License-Identifier: Apache-2.0

package starters

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	sdk "github.com/extism/go-sdk"
	"github.com/tetratelabs/wazero"

	"github.com/helm-wasm/helm-wasm/test/engines"
	"github.com/helm-wasm/helm-wasm/test/engines/redpanda"
)

// documented returns the functions in docs/FUNCTIONS.md, by their heading: the command
// with which the text says to build them, and the source.
func documented(t *testing.T) map[string][2]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(engines.Root(), "docs", "FUNCTIONS.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ = bytes.Cut(text, []byte("\n## Ten lines each\n"))
	text, _, _ = bytes.Cut(text, []byte("\n## "))
	entry := regexp.MustCompile("(?ms)^\\*\\*(\\w+, \\w+)\\.\\*\\*((?:[^\\n]+\\n)+)\\n```\\w+\\n(.*?)^```$")
	all := map[string][2]string{}
	for _, m := range entry.FindAllStringSubmatch(string(text), -1) {
		all[m[1]] = [2]string{m[2], m[3]}
	}
	if fences := strings.Count(string(text), "```") / 2; len(all) != fences || fences != 5 {
		t.Fatalf("found %d functions in %d blocks, want 5: each is built here", len(all), fences)
	}
	return all
}

// printed returns the first command in a text.
func printed(t *testing.T, text string) string {
	t.Helper()
	m := regexp.MustCompile("`([^`]* [^`]*)`").FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("%q shows no command", text)
	}
	return m[1]
}

// buildGo builds with the printed command and a sample function's SDK.
func buildGo(t *testing.T, function [2]string, sample string) []byte {
	t.Helper()
	from := filepath.Join(engines.Root(), "wasm-plugins", "functions", sample)
	dir := project(t, map[string]string{
		"main.go": function[1],
		"go.mod":  string(module(t, filepath.Join(from, "go.mod"))), "go.sum": string(module(t, filepath.Join(from, "go.sum"))),
	})
	shell(t, dir, printed(t, function[0])+" -o function.wasm .")
	return module(t, filepath.Join(dir, "function.wasm"))
}

// TestDocumented builds every function of the documentation as printed there and gives it
// an event through its ABI.
func TestDocumented(t *testing.T) {
	functions := documented(t)
	for name, test := range map[string]func(*testing.T, [2]string){
		"redpanda, Go": func(t *testing.T, f [2]string) {
			expectCopy(t, buildGo(t, f, "enrich-orders"), "copies")
		},
		"redpanda, Rust": func(t *testing.T, f [2]string) { expectCopy(t, buildRust(t, f[1]), "") },
		"extism, Go": func(t *testing.T, f [2]string) {
			manifest := sdk.Manifest{Wasm: []sdk.Wasm{sdk.WasmData{Data: buildGo(t, f, "thumbnail")}}}
			plugin, err := sdk.NewPlugin(t.Context(), manifest, sdk.PluginConfig{EnableWasi: true}, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer plugin.Close(context.Background())
			if code, out, err := plugin.Call("handle", []byte("abc")); err != nil || code != 0 || string(out) != "seen: abc" {
				t.Errorf("got %q, code %d, error %v", out, code, err)
			}
		},
		"wasi, C": func(t *testing.T, f [2]string) {
			dir := project(t, map[string]string{"function.c": f[1]})
			shell(t, dir, printed(t, f[0])+" -o function.wasm function.c")
			if got := runCommand(t, module(t, filepath.Join(dir, "function.wasm")), "abc"); got != "abc" {
				t.Errorf("got %q", got)
			}
		},
		"http, JavaScript": func(t *testing.T, f [2]string) {
			if got := post(t, buildJavaScript(t, f[1]), `{"id": 7}`); got != `{"id":7,"seen":true}` {
				t.Errorf("got %q", got)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			f, ok := functions[name]
			if !ok {
				t.Fatal("the documentation shows no such function")
			}
			test(t, f)
		})
	}
}

func expectCopy(t *testing.T, transform []byte, topic string) {
	t.Helper()
	in := redpanda.Record{Key: []byte("k"), Value: []byte("abc")}
	out, err := redpanda.Run(t.Context(), transform, wazero.NewModuleConfig(), []redpanda.Record{in})
	if err != nil || len(out) != 1 || string(out[0].Value) != "abc" || string(out[0].Key) != "k" || out[0].Topic != topic {
		t.Errorf("got %q, error %v", out, err)
	}
}
