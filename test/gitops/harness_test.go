// SPDX-License-Identifier: Apache-2.0

package gitops

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

const (
	root  = "../.."
	guide = root + "/docs/GITOPS.md"
)

// bin has helm and helm-wasm, as the guide's reader does.
var bin string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	var err error
	if bin, err = os.MkdirTemp("", "helm-wasm-gitops-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(bin)
	helm := os.Getenv("HELM")
	if helm == "" {
		helm, _ = filepath.Abs(root + "/build/bin/helm")
	}
	if _, err := os.Stat(helm); err != nil {
		fmt.Fprintf(os.Stderr, "no Helm: run `make helm chart`, or name it in HELM (%v)\n", err)
		return 1
	}
	if err := os.Symlink(helm, filepath.Join(bin, "helm")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	build := exec.Command("go", "build", "-o", filepath.Join(bin, "helm-wasm"), "./cmd/helm-wasm")
	build.Dir, build.Stderr = root, os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "building helm-wasm:", err)
		return 1
	}
	return m.Run()
}

// run runs a program with helm and helm-wasm in its path, and with its own Helm home and
// Git configuration.
func run(t *testing.T, dir, stdin, name string, args ...string) (string, error) {
	t.Helper()
	home := t.TempDir()
	cmd := exec.Command(name, args...)
	if local, err := os.Stat(filepath.Join(bin, name)); err == nil && !local.IsDir() {
		cmd = exec.Command(filepath.Join(bin, name), args...)
	}
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(stdin)
	cmd.Env = append(
		os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"),
		"HOME="+home, "HELM_DATA_HOME="+home, "HELM_CACHE_HOME="+home, "HELM_CONFIG_HOME="+home, "KUBECONFIG="+home+"/none",
		"GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a",
		"GIT_COMMITTER_EMAIL=a@example.com",
	)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.String(), fmt.Errorf("%s %s: %w: %s%s", name, strings.Join(args, " "), err, stdout.String(), stderr.String())
	}
	return stdout.String(), nil
}

// must runs a program, which may not fail.
func must(t *testing.T, dir, stdin, name string, args ...string) string {
	t.Helper()
	out, err := run(t, dir, stdin, name, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// objects returns the objects of a stream.
func objects(t *testing.T, stream string) (list []*unstructured.Unstructured) {
	t.Helper()
	for _, doc := range strings.Split("\n"+stream, "\n---") {
		data, err := utilyaml.ToJSON([]byte(doc))
		if err != nil {
			t.Fatal(err)
		}
		if string(data) == "null" {
			continue
		}
		u := &unstructured.Unstructured{}
		if err := u.UnmarshalJSON(data); err != nil {
			t.Fatalf("%v:\n%s", err, doc)
		}
		list = append(list, u)
	}
	return list
}

// name returns the name of an object in messages.
func name(u *unstructured.Unstructured) string { return u.GetKind() + "/" + u.GetName() }

// chart returns the packaged chart.
func chart(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob(root + "/dist/charts/wasm-keda-stack-*.tgz")
	if err != nil || len(files) == 0 {
		t.Fatal("no packaged chart: run `make chart`")
	}
	file, err := filepath.Abs(files[len(files)-1])
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// module returns where Go keeps a module's files.
func module(t *testing.T, path string) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", path).Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		t.Fatalf("module %s is not there: %v", path, err)
	}
	return dir
}

// manifest returns an object as YAML.
func manifest(t *testing.T, u *unstructured.Unstructured) []byte {
	t.Helper()
	data, err := yaml.Marshal(u.Object)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// presets returns all values files that the project ships.
func presets(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(root + "/charts/presets/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no presets: %v", err)
	}
	for i := range files {
		if files[i], err = filepath.Abs(files[i]); err != nil {
			t.Fatal(err)
		}
	}
	return files
}
