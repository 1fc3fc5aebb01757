// SPDX-License-Identifier: Apache-2.0

package images

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/version"
)

const (
	repository = "ghcr.io/helm-wasm/"
	source     = "https://github.com/helm-wasm/helm-wasm"
)

// Arches are the architectures of the images; all are linux.
var Arches = []string{"amd64", "arm64"}

// A Program is a command of the project that has an image.
type Program struct {
	Name  string
	Title string

	// Dirs are directories that the user owns.
	Dirs []string

	// Ports are the ports it listens on.
	Ports []string
}

// Programs returns the programs that have images. All run as an ordinary user. Node
// setup edits files of root, so the chart's DaemonSet sets runAsUser: 0: whoever runs
// the image without that does not get root by accident.
func Programs() []Program {
	return []Program{
		{
			Name: "wasm-runner", Title: "Runs one WebAssembly function on events from Kafka",
			Dirs: []string{"var/cache/wasm-runner/"}, Ports: []string{"9464/tcp"},
		},
		{Name: "wasm-node-setup", Title: "Installs WebAssembly runtimes on Kubernetes nodes"},
	}
}

// Reference returns the reference of the program's image.
func (p Program) Reference() string { return repository + p.Name + ":" + version.Version }

// Exists reports whether the tree has the command.
func (p Program) Exists(root string) bool {
	_, err := os.Stat(filepath.Join(root, "cmd", p.Name, "main.go"))
	return err == nil
}

// Compile builds the static binary for an architecture into dir.
func (p Program) Compile(ctx context.Context, root, dir, arch string) (string, error) {
	out := filepath.Join(dir, "linux-"+arch, p.Name)
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", out, "./cmd/"+p.Name)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch, "GOWORK=off", "GOFLAGS=", "GOAMD64=v1", "GOARM64=v8.0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building %s for %s: %w\n%s", p.Name, arch, err, strings.TrimSpace(string(text)))
	}
	return out, nil
}
