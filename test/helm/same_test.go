// SPDX-License-Identifier: Apache-2.0

package helm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/wasmbin"
)

// TestSameEverywhere: the native program and the sandbox give the same bytes.
func TestSameEverywhere(t *testing.T) {
	h := shared(t)
	presets, err := filepath.Glob(filepath.Join(root, "charts", "presets", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	type call struct {
		stdin []byte
		args  []string
	}
	calls := []call{
		{nil, []string{"schema"}},
		{nil, []string{"init"}},
		{nil, []string{"init", "--list"}},
		{nil, []string{"explain", "functions.scaling.lagThreshold"}},
		{nil, []string{"explain", "kafka"}},
		{nil, []string{"nosuch"}},
		{[]byte("functions: {a: {sink: {topic: t}, source: {topic: t}, scaling: {lagTreshold: 5}}}\n"), []string{"lint", "-o", "json"}},
		{[]byte("functions: {a: {scaling: {lagTreshold: 5}}}\n"), []string{"lint"}},
		{[]byte("a: [\n"), []string{"render"}},
	}
	for _, file := range presets {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{
			{"lint"},
			{"lint", "--strict", "-o", "json"},
			{"lint", "-o", "sarif"},
			{"render"},
			{"render", "--all", "--release", "shop", "--namespace", "prod"},
			{"render", "-o", "json", "--set", "keda.enabled=false"},
			{"render", "-o", "names"},
		} {
			calls = append(calls, call{data, args})
		}
	}
	plugin, err := os.ReadFile(filepath.Join(root, "plugin.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wasmbin.Inspect(plugin); err != nil {
		t.Fatal(err)
	}
	calls = append(calls, call{plugin, []string{"inspect"}}, call{plugin, []string{"inspect", "-o", "json"}})
	for _, c := range calls {
		sandbox := h.run(c.stdin, helmBin, append([]string{"wasm"}, c.args...)...)
		native := h.run(c.stdin, nativeBin, c.args...)
		if sandbox.stdout != native.stdout || sandbox.code != native.code {
			t.Errorf("the sandbox and the native program differ:\n%s\n%s", sandbox, native)
		}
		// Messages quote the program that the user typed, so it differs by name.
		a := strings.ReplaceAll(strings.TrimPrefix(sandbox.stderr, "Error: plugin error: "), "helm wasm", "helm-wasm")
		if b := strings.TrimPrefix(native.stderr, "Error: "); a != b {
			t.Errorf("messages differ:\n%s\n%s", sandbox, native)
		}
	}
}
