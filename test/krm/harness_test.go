// SPDX-License-Identifier: Apache-2.0

package krm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// These are named by `make test-krm`: Helm, and a kustomize of each version.
var (
	root, helmBin string
	kustomizes    []string

	// bin has all programs that call functions, and comes first in PATH.
	bin string
	env []string
)

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	helmBin, kustomizes = os.Getenv("HELM"), strings.Fields(os.Getenv("KUSTOMIZES"))
	if helmBin == "" || len(kustomizes) == 0 {
		fmt.Fprintln(os.Stderr, "HELM and KUSTOMIZES name the programs to test with: run `make test-krm`")
		return 1
	}
	dir, err := os.MkdirTemp("", "helm-wasm-krm-")
	if err == nil {
		defer os.RemoveAll(dir)
		err = setUp(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// setUp puts Helm, the native program and the script for old versions into bin,
// and installs the plugin from the checkout into an empty Helm home.
func setUp(dir string) (err error) {
	if root, err = filepath.Abs(filepath.Join("..", "..")); err != nil {
		return err
	}
	bin = filepath.Join(dir, "bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		return err
	}
	if err := os.Symlink(helmBin, filepath.Join(bin, "helm")); err != nil {
		return err
	}
	if err := os.Symlink(filepath.Join(root, "kustomize", "krm", "helm-wasm-krm"), filepath.Join(bin, "helm-wasm-krm")); err != nil {
		return err
	}
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "HELM") && !strings.HasPrefix(kv, "PATH=") && !strings.HasPrefix(kv, "XDG_CONFIG_HOME=") {
			env = append(env, kv)
		}
	}
	env = append(env, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"),
		"HELM_DATA_HOME="+dir+"/data", "HELM_CACHE_HOME="+dir+"/cache", "HELM_CONFIG_HOME="+dir+"/config")
	for _, args := range [][]string{
		{"go", "build", "-o", filepath.Join(bin, "helm-wasm"), "./cmd/helm-wasm"},
		{helmBin, "plugin", "install", root},
		{helmBin, "wasm", "version"}, // compiles it
	} {
		if r := run(root, nil, args...); r.err != nil {
			return errors.New(r.String())
		}
	}
	return nil
}

// result is that of a process.
type result struct {
	args           []string
	stdout, stderr string
	err            error
	took           time.Duration
}

func (r result) String() string {
	return fmt.Sprintf("$ %s\n%v\nstdout: %.2000s\nstderr: %.2000s", strings.Join(r.args, " "), r.err, r.stdout, r.stderr)
}

func run(dir string, stdin []byte, args ...string) result {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	var stdout, stderr bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, env, bytes.NewReader(stdin), &stdout, &stderr
	start := time.Now()
	err := cmd.Run()
	return result{args, stdout.String(), stderr.String(), err, time.Since(start)}
}

// host is where the function runs.
type host struct{ name, declared, exec string }

var hosts = []host{
	{"sandboxed", "sandboxed", "{path: helm, args: [wasm, krm]}"},
	{"native", "native", "{path: helm-wasm, args: [krm]}"},
	{"wrapped", "wrapped", "{path: helm-wasm-krm}"},
}

// each runs a test with every kustomize in the sandbox, and with the newest natively too.
// Before 5.7 kustomize accepts no arguments, so a script passes them.
func each(t *testing.T, test func(t *testing.T, kustomize string, h host)) {
	for i, program := range kustomizes {
		version := strings.TrimPrefix(filepath.Base(filepath.Dir(program)), "kustomize-")
		on := hosts[:1]
		switch {
		case strings.HasPrefix(version, "5.6."):
			on = hosts[2:]
		case i == len(kustomizes)-1:
			on = hosts[:2]
		}
		for _, h := range on {
			t.Run(version+"/"+h.name, func(t *testing.T) { test(t, program, h) })
		}
	}
}

// examples returns a copy of kustomize/krm whose function runs on a host.
func examples(t *testing.T, h host) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(root, "kustomize", "krm"))); err != nil {
		t.Fatal(err)
	}
	replaced := 0
	err := filepath.WalkDir(filepath.Join(dir, "example"), func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		text := strings.ReplaceAll(string(data), hosts[0].exec, h.exec)
		text = strings.ReplaceAll(text, "../../sandboxed", "../../"+h.declared)
		if text != string(data) || h == hosts[0] {
			replaced++
		}
		return os.WriteFile(name, []byte(text), 0o644)
	})
	if err != nil || replaced < 2 {
		t.Fatalf("%d files name the function: %v", replaced, err)
	}
	return dir
}

// build runs kustomize build.
func build(program, dir string) result {
	return run(dir, nil, program, "build", "--enable-alpha-plugins", "--enable-exec", dir)
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
