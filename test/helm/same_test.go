// SPDX-License-Identifier: Apache-2.0

package helm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/stack/examples"
	"github.com/helm-wasm/helm-wasm/stack/starters"
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
		{nil, []string{"init", "--example", "nosuch"}},
		{nil, []string{"version"}},
		{nil, []string{"version", "--short"}},
		{nil, []string{"package", "-t", "ghcr.io/acme/nothing:1"}},
		{[]byte("no wasm"), []string{"package", "-t", "ghcr.io/acme/nothing:1"}},
		{nil, []string{"explain", "functions.scaling.lagThreshold"}},
		{nil, []string{"explain", "kafka"}},
		{nil, []string{"nosuch"}},
		{[]byte("functions: {a: {sink: {topic: t}, source: {topic: t}, scaling: {lagTreshold: 5}}}\n"), []string{"lint", "-o", "json"}},
		{[]byte("functions: {a: {scaling: {lagTreshold: 5}}}\n"), []string{"lint"}},
		{[]byte("a: [\n"), []string{"render"}},
		{[]byte("a: b\n---\nc: [\n"), []string{"post-render"}},
		{[]byte("a: b\n---\nc: [\n"), []string{"post-render", "--for-helm"}},
		{[]byte(annotatedDeployment), []string{"post-render"}},
		{[]byte(annotatedDeployment), []string{
			"post-render", "--set", "kafka.bootstrapServers={a:1}", "--set", "kafka.sasl.mechanism=plain", "--set",
			"kafka.sasl.secret.name=s",
		}},
		{[]byte(strings.Replace(annotatedDeployment, "topic", "topc", 1)), []string{"post-render"}},
		{[]byte("kind: List\n"), []string{"krm"}},
	}
	lists, err := filepath.Glob(filepath.Join(root, "internal", "command", "krm", "testdata", "*", "input.yaml"))
	if err != nil || len(lists) == 0 {
		t.Fatal(err, len(lists))
	}
	for _, file := range lists {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		calls = append(calls, call{data, []string{"krm"}})
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
	for _, e := range examples.All() {
		calls = append(calls, call{nil, []string{"init", "--example", e.Name}})
	}
	for _, e := range starters.All() {
		calls = append(calls, call{nil, []string{"init", "--function", e.Language}})
	}
	for _, command := range []string{"explain", "init", "inspect", "render", "schema", "version"} {
		calls = append(calls, call{nil, []string{command, "--help"}}, call{nil, []string{"help", command}})
	}
	plugin, err := os.ReadFile(filepath.Join(root, "plugin.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wasmbin.Inspect(plugin); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"inspect"}, {"inspect", "-o", "json"}, {"package", "-t", "ghcr.io/acme/plugin:1"}} {
		calls = append(calls, call{plugin, args})
	}
	for _, c := range calls {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			t.Parallel()
			sandbox := h.wasm(c.stdin, c.args...)
			native := h.run(c.stdin, nativeBin, c.args...)
			if sameText(sandbox.stdout) != sameText(native.stdout) || sandbox.code != native.code {
				t.Errorf("the sandbox and the native program differ:\n%s\n%s", sandbox, native)
			}
			// Messages quote the program that the user typed, so it differs by name.
			a := sameText(strings.TrimPrefix(sandbox.stderr, "Error: plugin error: "))
			if b := strings.TrimPrefix(native.stderr, "Error: "); a != b {
				t.Errorf("messages differ:\n%s\n%s", sandbox, native)
			}
		})
	}
}

// sameText removes the differences that must be there: the names of the two
// programs, and where they say that they run.
func sameText(s string) string {
	return strings.NewReplacer("helm wasm", "helm-wasm", "(sandboxed)", "(native)").Replace(s)
}
