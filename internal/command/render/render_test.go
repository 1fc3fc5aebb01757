// SPDX-License-Identifier: Apache-2.0

package render

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/command"
	"github.com/helm-wasm/helm-wasm/internal/command/commandtest"
	"github.com/helm-wasm/helm-wasm/internal/command/lint"
	"github.com/helm-wasm/helm-wasm/stack"
)

var commands = commandtest.Of(Command(), lint.Command())

// renders reports whether a manifest has a line, whatever is quoted in it.
func renders(got commandtest.Outcome, line string) bool {
	return got.Err == nil && strings.Contains(strings.ReplaceAll(got.Stdout, `"`, ""), line)
}

func TestRender(t *testing.T) {
	got := commands.Sandbox(commandtest.Values, "render", "--release", "shop", "--namespace", "prod")
	if got.Err != nil {
		t.Fatal(got.Err)
	}
	for _, want := range []string{"kind: ScaledObject\n", "name: shop-f\n", "namespace: prod\n"} {
		if !renders(got, want) {
			t.Errorf("no %q in %d bytes of manifests", want, len(got.Stdout))
		}
	}
	names := commands.Sandbox(commandtest.Values, "render", "-o", "names", "--release", "shop")
	if names.Err != nil || !strings.Contains("\n"+names.Stdout, "\nScaledObject/shop-f\n") {
		t.Errorf("%+v", names)
	}
	var list struct {
		Kind  string
		Items []struct{ Kind string }
	}
	asJSON := commands.Sandbox(commandtest.Values, "render", "-o", "json")
	if err := json.Unmarshal([]byte(asJSON.Stdout), &list); err != nil || list.Kind != "List" ||
		len(list.Items) != strings.Count(names.Stdout, "\n") {
		t.Errorf("%v: %s", err, asJSON.Stdout)
	}
	if all := commands.Sandbox(commandtest.Values, "render", "--all"); all.Err != nil ||
		!strings.Contains(all.Stdout, "kind: StatefulSet") {
		t.Errorf("--all renders no Kafka: %v", all.Err)
	}
	set := commands.Sandbox(commandtest.Values, "render", "--set",
		"functions.f.scaling.maxReplicas=3", "--set-string", "functions.f.config.N=7")
	if !renders(set, "maxReplicaCount: 3\n") || !strings.Contains(set.Stdout, `"7"`) {
		t.Errorf("--set has no effect: %v", set.Err)
	}
}

func TestRenderRefuses(t *testing.T) {
	commandtest.WantError(t, commands.Sandbox(commandtest.Mistaken, "render"),
		"1 mistake in the values\n  stdin:6:15: functions.f.scaling.lagTreshold: unknown key \"lagTreshold\"; did you mean lagThreshold?")
	many := "functions:\n  f: {"
	for i := range 30 {
		many += "k" + strings.Repeat("k", i) + ": 1, "
	}
	commandtest.WantError(t, commands.Sandbox(many+"}\n", "render"),
		"many mistakes in the values; `helm wasm lint` shows more than these first 10\n  stdin:2:")
	commandtest.WantError(t, commands.Sandbox("a: [", "render"), "stdin:")
	commandtest.WantError(t, commands.Sandbox("", "render"), "no values on standard input")
	commandtest.WantError(t, commands.Sandbox(commandtest.Values, "render", "--set", "a"), "a")
	commandtest.WantError(t, commands.Sandbox(commandtest.Values, "render", "-f", "stack.yaml"),
		"a sandboxed plugin cannot open \"stack.yaml\": type `helm wasm render < stack.yaml`")
	commandtest.WantError(t, commands.Sandbox(commandtest.Values, "render", "stack.yaml"), "type `helm wasm render < stack.yaml`")
	commandtest.WantError(t,
		commands.Native(commandtest.Files{}, commandtest.Values, "lint", "stack.yaml"),
		"type `helm-wasm lint -f stack.yaml`")
	commandtest.WantError(t, commands.Sandbox(strings.Repeat("#", stack.MaxBytes+1), "render"), "larger than 2 MiB")
}

func TestNamespace(t *testing.T) {
	var out bytes.Buffer
	err := commands.Table.Run(command.Env{
		Program: "helm wasm", Args: []string{"render"},
		Stdin: strings.NewReader(commandtest.Values), Stdout: &out, Getenv: func(key string) string {
			return map[string]string{"HELM_NAMESPACE": "from-helm"}[key]
		},
	})
	if !renders(commandtest.Outcome{Stdout: out.String(), Err: err}, "namespace: from-helm\n") {
		t.Errorf("HELM_NAMESPACE is not used: %v", err)
	}
}

// TestFiles: the native program merges files as Helm does, and takes - for
// standard input.
func TestFiles(t *testing.T) {
	files := commandtest.Files{
		"a.yaml": []byte(commandtest.Values),
		"b.yaml": []byte("functions: {f: {scaling: {maxReplicas: 2}}}\n"),
	}
	got := commands.Native(files, "functions: {f: {scaling: {maxReplicas: 3}}}\n", "render", "-f", "a.yaml", "-f", "b.yaml", "--values=-")
	if !renders(got, "maxReplicaCount: 3\n") {
		t.Errorf("%v", got.Err)
	}
	if got := commands.Native(files, "", "render", "-fa.yaml", "-fb.yaml"); !renders(got, "maxReplicaCount: 2\n") {
		t.Errorf("%v", got.Err)
	}
	commandtest.WantError(t, commands.Native(files, "", "render", "-f", "c.yaml"), "open c.yaml")
}
