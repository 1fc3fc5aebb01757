// SPDX-License-Identifier: Apache-2.0

package images

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

var versionLine = regexp.MustCompile(`(?m)^const Version = "(.*)"$`)

// Own returns the project's images, built from its working tree, and the service that
// functions are compared with.
func Own(ctx context.Context, project, cache string) ([]Image, error) {
	source, err := os.ReadFile(filepath.Join(project, "internal", "version", "version.go"))
	if err != nil {
		return nil, fmt.Errorf("reading version: %w", err)
	}
	m := versionLine.FindSubmatch(source)
	if m == nil {
		return nil, errors.New("reading version: internal/version/version.go has none")
	}
	var list []Image
	for _, command := range []string{"wasm-runner", "wasm-node-setup"} {
		if _, err := os.Stat(filepath.Join(project, "cmd", command, "main.go")); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		binary, err := build(ctx, project, ".", "./cmd/"+command)
		if err != nil {
			return nil, err
		}
		authority := filepath.Join(cache, "registry-ca", "ca.crt")
		list = append(list, Image{
			Name: "ghcr.io/helm-wasm/" + command + ":" + string(m[1]),
			Layers: [][]File{{
				{To: "/etc/ssl/certs/ca-certificates.crt", From: authority},
				{To: "/tmp", Dir: true, Mode: 0o777 | fs.ModeSticky},
				{To: "/" + command, From: binary},
			}},
			Entrypoint: []string{"/" + command}, User: "65532:65532", WorkDir: "/",
			Env: []string{"PATH=/", "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"},
		})
	}
	service, err := build(ctx, project, "bench", "./plain")
	if err != nil {
		return nil, err
	}
	list = append(list, Image{
		Name:       "ghcr.io/helm-wasm/bench-plain:" + string(m[1]),
		Layers:     [][]File{{{To: "/plain", From: service}}},
		Entrypoint: []string{"/plain"}, User: "65532:65532", WorkDir: "/",
	})
	return append(list, functions(project, string(m[1]))...), nil
}

// functions returns the sample functions that are built: images of one file, as every
// OCI tool makes them.
func functions(project, version string) []Image {
	modules, _ := filepath.Glob(filepath.Join(project, "build", "functions", "*.wasm"))
	var list []Image
	for _, module := range modules {
		file := filepath.Base(module)
		list = append(list, Image{
			Name:       "ghcr.io/helm-wasm/functions/" + strings.TrimSuffix(file, ".wasm") + ":" + version,
			Layers:     [][]File{{{To: "/" + file, From: module}}},
			Entrypoint: []string{"/" + file},
			Platform:   "wasip1/wasm",
		})
	}
	return list
}

// build compiles a command of the module in dir, into build/own.
func build(ctx context.Context, project, dir, pkg string) (string, error) {
	out, err := filepath.Abs(filepath.Join(project, "build", "own", filepath.Base(pkg)))
	if err != nil {
		return "", fmt.Errorf("building %s: %w", pkg, err)
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", out, pkg)
	cmd.Dir = filepath.Join(project, dir)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if msg, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building %s: %w\n%s", pkg, err, strings.TrimSpace(string(msg)))
	}
	return out, nil
}
