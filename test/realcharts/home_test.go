// SPDX-License-Identifier: Apache-2.0

package realcharts

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// root is that of the repository, where `make plugins chart helm` left what it built.
var root, _ = filepath.Abs(filepath.Join("..", ".."))

// module returns the directory of a module that go.mod names.
func module(t *testing.T, path string) string {
	t.Helper()
	cmd := exec.Command("go", "mod", "download", "-json", path)
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("downloading %s: %v\n%s", path, err, out)
	}
	var m struct{ Dir, Error string }
	if err := json.Unmarshal(out, &m); err != nil || m.Error != "" {
		t.Fatalf("downloading %s: %v %s", path, err, m.Error)
	}
	return m.Dir
}

// home is a Helm home with the plugins, and with a post-renderer that does
// nothing.
type home struct {
	dir string
	env []string
}

// cache is Helm's, shared by all homes: the plugin is compiled once.
var cache = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "realcharts-") })

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := cache(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

func newHome(t *testing.T) *home {
	t.Helper()
	shared, err := cache()
	if err != nil {
		t.Fatal(err)
	}
	h := &home{dir: t.TempDir()}
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "HELM_") && !strings.HasPrefix(kv, "KUBE") {
			h.env = append(h.env, kv)
		}
	}
	h.env = append(
		h.env,
		"HELM_DATA_HOME="+filepath.Join(h.dir, "data"),
		"HELM_CACHE_HOME="+shared,
		"HELM_CONFIG_HOME="+filepath.Join(h.dir, "config"),
		"KUBECONFIG="+filepath.Join(h.dir, "no-kubeconfig"),
	)
	nothing := filepath.Join(h.dir, "nothing")
	if err := os.Mkdir(nothing, 0o755); err != nil {
		t.Fatal(err)
	}
	manifest := "apiVersion: v1\ntype: postrenderer/v1\nname: nothing\nversion: 0.1.0\nruntime: subprocess\n" +
		"runtimeConfig:\n  platformCommand:\n    - command: cat\n"
	if err := os.WriteFile(filepath.Join(nothing, "plugin.yaml"), []byte(manifest), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, plugin := range []string{root, filepath.Join(root, "wasm-plugins", "post-renderer"), nothing} {
		h.helm(t, nil, "plugin", "install", plugin)
	}
	return h
}

// failure is a run of Helm that failed.
type failure struct {
	args   []string
	err    error
	stderr string
}

func (f *failure) Error() string {
	return fmt.Sprintf("helm %s: %v\n%s", strings.Join(f.args, " "), f.err, f.stderr)
}

// run runs Helm and returns its standard output.
func (h *home) run(stdin []byte, args ...string) (string, error) {
	cmd := exec.Command(filepath.Join(root, "build", "bin", "helm"), args...)
	var stdout, stderr bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = h.dir, h.env, bytes.NewReader(stdin), &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.String(), &failure{args, err, stderr.String()}
	}
	return stdout.String(), nil
}

// helm runs what must not fail.
func (h *home) helm(t *testing.T, stdin []byte, args ...string) string {
	t.Helper()
	out, err := h.run(stdin, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
