// SPDX-License-Identifier: Apache-2.0

// Command keda-source adds third-party files to the chart: it unpacks the official
// KEDA chart and KEDA's CRDs into the chart's charts/ directory, from the Go modules
// that go.mod pins and go.sum verifies, and packages the result as
// NAME-VERSION.tgz.
//
// The archive is reproducible: entries are sorted and have neither times nor
// owners, so the same checkout gives the same bytes.
//
// Usage: keda-source CHART [OUTDIR]
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
)

func main() {
	if len(os.Args) < 2 || len(os.Args) > 3 {
		fmt.Fprintln(os.Stderr, "usage: keda-source CHART [OUTDIR]")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "keda-source:", err)
		os.Exit(1)
	}
}

func run(chart string, out []string) error {
	modules, err := download("github.com/kedacore/charts", "github.com/kedacore/keda/v2")
	if err != nil {
		return err
	}
	keda := filepath.Join(chart, "charts", "keda")
	if err := replaceTree(keda, os.DirFS(filepath.Join(modules[0].Dir, "keda"))); err != nil {
		return fmt.Errorf("unpacking the KEDA chart: %w", err)
	}
	crds := filepath.Join(chart, "charts", "keda-crds", "crds")
	bases, err := fs.Sub(os.DirFS(modules[1].Dir), "config/crd/bases")
	if err != nil {
		return err
	}
	if err := replaceTree(crds, bases); err != nil {
		return fmt.Errorf("unpacking KEDA's CRDs: %w", err)
	}
	version := strings.TrimPrefix(modules[1].Version, "v")
	for _, c := range []string{keda, filepath.Dir(crds)} {
		if err := checkVersion(c, version); err != nil {
			return err
		}
	}
	if len(out) == 0 {
		return nil
	}
	file, err := pack(chart, out[0])
	if err != nil {
		return fmt.Errorf("packaging %q: %w", chart, err)
	}
	fmt.Println(file)
	return nil
}

// module is what `go mod download -json` prints about a module.
type module struct {
	Path, Version, Dir, Error string
}

// download fetches modules at the versions of the go.mod in the current
// directory. The go command compares them with go.sum and fails on a mismatch.
func download(paths ...string) ([]module, error) {
	cmd := exec.Command("go", append([]string{"mod", "download", "-json"}, paths...)...)
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	runErr := cmd.Run()
	var modules []module
	for dec := json.NewDecoder(&stdout); dec.More(); {
		var m module
		if err := dec.Decode(&m); err != nil {
			return nil, fmt.Errorf("reading the go command's answer: %w", err)
		}
		if m.Error != "" {
			return nil, fmt.Errorf("downloading %s %s: %s", m.Path, m.Version, m.Error)
		}
		modules = append(modules, m)
	}
	if runErr != nil {
		return nil, fmt.Errorf("downloading modules: %w\n%s", runErr, stderr.String())
	}
	if len(modules) != len(paths) {
		return nil, fmt.Errorf("downloading modules: asked for %d, got %d", len(paths), len(modules))
	}
	return modules, nil
}

// replaceTree makes dir contain exactly the files of src. Modules are read-only
// in Go's cache; copies are not.
func replaceTree(dir string, src fs.FS) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return fs.WalkDir(src, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(dir, filepath.FromSlash(name))
		if d.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		data, err := fs.ReadFile(src, name)
		if err != nil {
			return err
		}
		return os.WriteFile(target, data, 0o644)
	})
}

// checkVersion makes sure that the chart, the CRDs and the parent's dependency
// have the same version of KEDA.
func checkVersion(chart, want string) error {
	got, err := field(filepath.Join(chart, "Chart.yaml"), "version")
	if err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf(
			"%s is version %s, but KEDA's module is %s: pin the same version of both in go.mod",
			path.Base(filepath.ToSlash(chart)), got, want,
		)
	}
	return nil
}

// field reads a top-level scalar of a Chart.yaml.
func field(file, key string) (string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(data)) {
		if value, ok := strings.CutPrefix(line, key+":"); ok {
			return strings.Trim(strings.TrimSpace(value), `"'`), nil
		}
	}
	return "", fmt.Errorf("%s has no %s", file, key)
}
