// SPDX-License-Identifier: Apache-2.0

package imports

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// notForUsers are modules that a program must not depend on because it imports the
// library. The exception, kyaml, is allowed: the library's commands share it with
// kustomize.
var notForUsers = []string{
	"helm.sh/", "k8s.io/", "github.com/kedacore/", "github.com/fluxcd/", "github.com/argoproj/", "github.com/chromedp/", "oras.land/",
}

const allowedForUsers = "k8s.io/kube-openapi"

// TestWhatAnOutsideProgramDependsOn writes a program that imports the library and
// lists the modules that end up in its go.mod and in its module graph.
func TestWhatAnOutsideProgramDependsOn(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, content := range map[string]string{
		"go.mod": "module example.com/outside\n\ngo 1.26.0\n\nrequire " + Module + " v0.0.0\n\nreplace " + Module + " => " + root + "\n",
		"go.sum": string(sums),
		"main.go": `package main

import (
	_ "` + Module + `/scaling"
	_ "` + Module + `/stack"
	_ "` + Module + `/wasmbin"
)

func main() {}
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) []byte {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		// Offline: what this module was built with is in the module cache.
		cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off", "GONOSUMDB=*")
		out, err := cmd.Output()
		if err != nil {
			stderr := ""
			if exit, ok := err.(*exec.ExitError); ok {
				stderr = string(exit.Stderr)
			}
			t.Fatalf("running go %s: %v\n%s", strings.Join(args, " "), err, stderr)
		}
		return out
	}
	run("build", "./...") // adds to go.mod what the program needs
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range forbiddenModules(string(mod)) {
		t.Errorf("go.mod of a program that imports the library requires %s", found)
	}
	for _, found := range forbiddenModules(string(run("list", "-m", "all"))) {
		t.Errorf("the module graph of a program that imports the library contains %s", found)
	}
}

// forbiddenModules returns the module paths in a text that users must not get.
func forbiddenModules(text string) []string {
	var found []string
	for _, word := range strings.Fields(text) {
		denied := slices.ContainsFunc(notForUsers, func(prefix string) bool { return strings.HasPrefix(word, prefix) })
		if denied && word != allowedForUsers && !slices.Contains(found, word) {
			found = append(found, word)
		}
	}
	return found
}

func TestForbiddenModules(t *testing.T) {
	got := forbiddenModules("k8s.io/kube-openapi v0.0.0\nhelm.sh/helm/v4 v4.0.0\nexample.com/x v1.0.0\nk8s.io/api v0.37.0\n")
	if want := []string{"helm.sh/helm/v4", "k8s.io/api"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
