// SPDX-License-Identifier: Apache-2.0

package imports

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// impure is what a pure function cannot need.
var impure = []string{"os/...", "net/...", "syscall/...", "math/rand/...", "crypto/rand", "log/...", "plugin", "io/ioutil", "testing/..."}

// heavy is what must not be linked into a plugin: it is compiled on one thread
// when a user runs it for the first time.
var heavy = []string{
	"k8s.io/...", "sigs.k8s.io/...", "helm.sh/...", "net/...", "os/exec",
	"text/template", "html/...", "crypto/tls/...", "github.com/Masterminds/sprig/...", "github.com/spf13/...",
}

// list runs `go list -deps` for packages of this module.
func list(t *testing.T, env []string, packages ...string) Graph {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-deps", "-json=ImportPath,Imports,Standard"}, packages...)...)
	cmd.Dir = filepath.Join("..", "..")
	cmd.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("listing %v: %v\n%s", packages, err, stderr.String())
	}
	g := Graph{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p Package
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return g
		} else if err != nil {
			t.Fatal(err)
		}
		g[p.ImportPath] = p
	}
}

// packages lists those in directories, all of which must contain Go files.
func packages(t *testing.T, dirs ...string) []string {
	t.Helper()
	var paths []string
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join("..", "..", dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		if len(files) == 0 {
			t.Fatalf("no package in %s: this rule no longer watches anything", dir)
		}
		paths = append(paths, Module+"/"+dir)
	}
	return paths
}

func check(t *testing.T, g Graph, r Rule) {
	t.Helper()
	for _, line := range g.Check(r) {
		t.Error(line)
	}
}

// TestPureCore: same bytes in, same bytes out.
func TestPureCore(t *testing.T) {
	pure := packages(t, "scaling", "stack", "stack/values", "stack/schema", "stack/lint", "stack/lint/expr",
		"stack/lint/pass", "stack/lint/rules", "stack/render", "stack/examples", "contract", "wasmbin", "wasmbin/oci",
		"internal/text", "internal/manifests", "internal/getter", "internal/opcode", "internal/suggest", "internal/tmpl",
		"internal/yamlin", "internal/yamlout")
	g := list(t, nil, pure...)
	check(t, g, Rule{
		From: pure, Direct: true,
		Forbidden: slices.Concat(impure, []string{"k8s.io/...", "sigs.k8s.io/...", "helm.sh/..."}),
		Why:       "this package is pure: it may not reach the system, Helm or Kubernetes",
	})
	check(t, g, Rule{
		From: pure, Direct: true,
		Forbidden: []string{
			Module + "/internal/cli/...", Module + "/internal/command/...", Module + "/cmd/...", Module + "/plugin",
			Module + "/runner/...", Module + "/internal/runner/...", Module + "/internal/nodesetup/...",
		},
		Why: "the core does not know its entry points",
	})
}

// nativeOnly are the commands that the plugin does not have: they use the system.
var nativeOnly = []string{"build", "dev", "diff"}

// TestCommands: the commands of the plugin see the world only through Env.
func TestCommands(t *testing.T) {
	dirs := []string{"internal/cli", "internal/command"}
	below, err := filepath.Glob("../../internal/command/*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range below {
		name := filepath.Base(filepath.Dir(file))
		dir := "internal/command/" + name
		if name != "commandtest" && !slices.Contains(nativeOnly, name) && !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	if len(dirs) < 10 {
		t.Fatalf("%d packages of commands: this rule no longer watches anything", len(dirs))
	}
	commands := packages(t, dirs...)
	check(t, list(t, nil, commands...), Rule{
		From: commands, Direct: true,
		Forbidden: slices.Concat(impure, []string{"k8s.io/...", "sigs.k8s.io/...", "helm.sh/..."}),
		Why:       "commands use Env, so that the sandbox is an ordinary test case",
	})
}

// TestCommandsAreOnTop: commands import the core, never the reverse.
func TestCommandsAreOnTop(t *testing.T) {
	g := list(t, nil, "./...")
	above := []string{Module + "/internal/cli/...", Module + "/internal/command/..."}
	doors := append(slices.Clone(above), Module+"/internal/clidoc", Module+"/cmd/helm-wasm", Module+"/plugin")
	var core []string
	for path := range g {
		if matches(path, []string{Module + "/..."}) && !matches(path, doors) {
			core = append(core, path)
		}
	}
	if len(core) < 30 {
		t.Fatalf("%d packages below the commands: this rule no longer watches anything", len(core))
	}
	check(t, g, Rule{From: core, Direct: true, Forbidden: above, Why: "commands import the core, never the reverse"})
}

// TestPlugins: what is linked into a plugin stays small.
func TestPlugins(t *testing.T) {
	plugins := []string{Module + "/plugin", Module + "/wasm-plugins/getter"}
	g := list(t, []string{"GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0"}, plugins...)
	check(t, g, Rule{From: plugins, Forbidden: heavy, Why: "too big for a plugin"})
}

// TestLibrary: a program that imports stack must not compile Kubernetes, KEDA or Helm.
func TestLibrary(t *testing.T) {
	public := packages(t, "scaling", "stack", "wasmbin")
	check(t, list(t, nil, public...), Rule{
		From:      public,
		Forbidden: []string{"k8s.io/...", "sigs.k8s.io/...", "helm.sh/...", "github.com/kedacore/..."},
		Why:       "users of the library would have to compile it",
	})
}

// TestPods: programs in pods need what the chart writes for them, not the chart.
func TestPods(t *testing.T) {
	pods := []string{Module + "/cmd/wasm-runner", Module + "/cmd/wasm-node-setup"}
	check(t, list(t, nil, pods...), Rule{
		From: pods,
		Forbidden: []string{
			Module + "/charts", Module + "/stack", Module + "/stack/values", Module + "/stack/lint/...",
			Module + "/stack/render", Module + "/internal/tmpl", Module + "/internal/yamlin",
			Module + "/internal/yamlout",
		},
		Why: "a pod reads package contract, and renders nothing",
	})
}

// TestDoors: main packages contain no logic.
func TestDoors(t *testing.T) {
	const limit = 80
	doors, err := filepath.Glob("../../cmd/*/main.go")
	if err != nil {
		t.Fatal(err)
	}
	doors = append(doors, "../../plugin/main.go", "../../wasm-plugins/getter/main.go")
	for _, door := range doors {
		data, err := os.ReadFile(door)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(data), "\n"); n >= limit {
			t.Errorf("%s has %d lines: an entry point stays under %d, its logic belongs in internal/", door, n, limit)
		}
	}
}

// TestSize: the first run of a plugin compiles all of it, so size is latency.
func TestSize(t *testing.T) {
	tests := []struct {
		file   string
		budget int64
	}{
		{"plugin.wasm", 9_000_000},
		{"wasm-plugins/getter/plugin.wasm", 6 << 20},
	}
	for _, tc := range tests {
		out := filepath.Join(t.TempDir(), "plugin.wasm")
		pkg := "./plugin"
		if dir := filepath.Dir(tc.file); dir != "." {
			pkg = "./" + dir
		}
		cmd := exec.Command("go", "build", "-buildmode=c-shared", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", out, pkg)
		cmd.Dir = filepath.Join("..", "..")
		cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0")
		if msg, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("building %s: %v\n%s", pkg, err, msg)
		}
		info, err := os.Stat(out)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d bytes", tc.file, info.Size())
		if info.Size() > tc.budget {
			t.Errorf("%s has %d bytes, more than the budget of %d", tc.file, info.Size(), tc.budget)
		}
	}
}

// TestSandbox: plugin.yaml opens nothing that SECURITY.md says is closed.
func TestSandbox(t *testing.T) {
	for _, file := range []string{"../../plugin.yaml", "../../wasm-plugins/getter/plugin.yaml"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var manifest struct {
			Runtime       string
			RuntimeConfig map[string]any `yaml:"runtimeConfig"`
		}
		if err := yaml.Unmarshal(data, &manifest); err != nil {
			t.Fatal(err)
		}
		if manifest.Runtime != "extism/v1" {
			t.Errorf("%s: runtime %q is not the sandbox", file, manifest.Runtime)
		}
		for key := range manifest.RuntimeConfig {
			if key != "memory" {
				t.Errorf("%s: runtimeConfig.%s opens the sandbox: SECURITY.md says it is closed", file, key)
			}
		}
	}
}
