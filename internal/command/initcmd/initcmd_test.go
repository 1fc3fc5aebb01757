// SPDX-License-Identifier: Apache-2.0

package initcmd

import (
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/command/commandtest"
	"github.com/helm-wasm/helm-wasm/internal/command/lint"
	"github.com/helm-wasm/helm-wasm/internal/command/render"
	"github.com/helm-wasm/helm-wasm/stack/starters"
)

var commands = commandtest.Of(Command(), lint.Command(), render.Command())

// TestInit: what init prints passes lint and renders.
func TestInit(t *testing.T) {
	list := commands.Sandbox("", "init", "--list")
	if list.Err != nil || !strings.HasPrefix(list.Stdout, "starter ") {
		t.Fatalf("%+v", list)
	}
	for line := range strings.Lines(list.Stdout) {
		name := strings.Fields(line)[0]
		got := commands.Sandbox("", "init", "--example", name)
		if got.Err != nil || got.Stdout == "" {
			t.Fatalf("%s: %+v", name, got)
		}
		if lint := commands.Sandbox(got.Stdout, "lint", "--strict"); lint.Err != nil {
			t.Errorf("%s does not pass lint --strict: %+v", name, lint)
		}
		if rendered := commands.Sandbox(got.Stdout, "render"); rendered.Err != nil || rendered.Stdout == "" {
			t.Errorf("%s does not render: %+v", name, rendered)
		}
	}
	if got, want := commands.Sandbox("", "init"), commands.Sandbox("", "init", "--example", "starter"); got != want {
		t.Errorf("init prints %q", got.Stdout)
	}
	commandtest.WantError(t, commands.Sandbox("", "init", "--example", "pipelin"), "did you mean pipeline?")
}

// TestInitFunction: every language has a starter, and errors name the languages.
func TestInitFunction(t *testing.T) {
	for _, s := range starters.All() {
		for _, got := range []commandtest.Outcome{
			commands.Sandbox("", "init", "--function", s.Language),
			commands.Native(commandtest.Files{}, "", "init", "--function="+s.Language),
		} {
			if got.Err != nil || got.Stdout != s.Source || !strings.Contains(got.Stderr, "save as "+s.File) ||
				!strings.Contains(got.Stderr, "abi: "+s.ABI) {
				t.Errorf("%s: %+v", s.Language, got)
			}
		}
	}
	commandtest.WantError(t, commands.Sandbox("", "init", "--function", "cobol"), `"cobol" is not one of go, rust, c, javascript`)
	commandtest.WantError(t, commands.Sandbox("", "init", "--function", "go", "--list"), "not both")
	commandtest.WantError(t, commands.Sandbox("", "init", "--function", "go", "--example", "starter"), "not both")
}
