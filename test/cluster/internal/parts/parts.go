// SPDX-License-Identifier: Apache-2.0

// Package parts builds what the cluster is made of, from Go modules, Debian
// packages and Maven artifacts, each once for its version.
//
// A part is built in a scratch directory that is renamed when it is complete,
// so an interrupted build leaves nothing that looks finished.
package parts

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Versions of third-party software. A test compares those of Kubernetes and
// CoreDNS with the module that builds them.
const (
	Kubernetes = "v1.37.2"
	Keda       = "v2.20.2"
	CNI        = "v1.7.1"
	CoreDNS    = "v1.15.0"
	Kafka      = "4.1.0"
	Java       = "17"
	Pause      = "1"
)

// Part is one thing to build into a directory of the cache.
type Part struct {
	Name    string
	Version string
	build   func(context.Context, *Builder, string) error
}

// All parts, the longest build first.
func All() []Part {
	return []Part{
		{"kubernetes", Kubernetes, buildKubernetes},
		{"keda", Keda, buildKeda},
		{"cni", CNI, buildCNI},
		{"pause", Pause, buildPause},
		{"runtime", "bookworm", unpackRuntime},
		{"nftables", "bookworm", unpackNftables},
		{"java", Java, unpackJava},
		{"kafka", Kafka, resolveKafka},
	}
}

// Builder builds parts into a cache directory.
type Builder struct {
	Cache  string // where finished parts are
	Source string // the directory of this module
	Log    io.Writer
	debs   bool // the package lists are fresh
}

// Dir returns where a part is, or will be.
func (b *Builder) Dir(name string) string {
	for _, p := range All() {
		if p.Name == name {
			return filepath.Join(b.Cache, p.Name+"-"+p.Version)
		}
	}
	panic("no part " + name)
}

// tools are those that building needs, and the packages that have them.
var tools = []struct{ program, from string }{
	{"go", "Go"},
	{"apt-get", "Debian: other systems are not supported"},
	{"dpkg-deb", "Debian: other systems are not supported"},
	{"mvn", "the package maven; it fetches Apache Kafka"},
}

// check reports everything that is missing at once, before the first long build.
func check() error {
	var missing []string
	for _, t := range tools {
		if _, err := exec.LookPath(t.program); err != nil {
			missing = append(missing, t.program+" ("+t.from+")")
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("building the cluster's parts: not on this machine: %s", strings.Join(missing, ", "))
	}
	return nil
}

// Build builds what is missing and prints what it does, with times.
func (b *Builder) Build(ctx context.Context) error {
	if err := os.MkdirAll(b.Cache, 0o755); err != nil {
		return fmt.Errorf("making cache: %w", err)
	}
	for _, p := range All() {
		dir := b.Dir(p.Name)
		if _, err := os.Stat(dir); err == nil {
			continue
		}
		if err := check(); err != nil {
			return err
		}
		begin := time.Now()
		fmt.Fprintf(b.Log, "building %s %s ...\n", p.Name, p.Version)
		scratch := dir + ".partial"
		if err := os.RemoveAll(scratch); err != nil {
			return fmt.Errorf("building %s: %w", p.Name, err)
		}
		if err := os.MkdirAll(scratch, 0o755); err != nil {
			return fmt.Errorf("building %s: %w", p.Name, err)
		}
		if err := p.build(ctx, b, scratch); err != nil {
			return fmt.Errorf("building %s %s: %w", p.Name, p.Version, err)
		}
		if err := os.Rename(scratch, dir); err != nil {
			return fmt.Errorf("building %s: %w", p.Name, err)
		}
		fmt.Fprintf(b.Log, "built %s %s in %s\n", p.Name, p.Version, time.Since(begin).Round(time.Second))
	}
	return nil
}

// run runs a command; its output is shown only when it fails.
func run(ctx context.Context, dir string, env []string, name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("running %s %s: %w\n%s%s", name, strings.Join(args, " "), err, out, stderr.String())
	}
	return out, nil
}

const stripped = "-s -w"

var static = []string{"CGO_ENABLED=0", "GOFLAGS=-buildvcs=false", "GOWORK=off"}

func goBuild(ctx context.Context, dir, out, ldflags string, packages ...string) error {
	args := append([]string{"build", "-trimpath", "-ldflags", ldflags, "-o", out}, packages...)
	_, err := run(ctx, dir, static, "go", args...)
	return err
}

func buildKubernetes(ctx context.Context, b *Builder, out string) error {
	// Clients refuse a server whose version they cannot parse.
	minor := strings.Split(Kubernetes, ".")[1]
	const v = " -X k8s.io/component-base/version."
	ldflags := stripped + v + "gitVersion=" + Kubernetes + v + "gitMajor=1" + v + "gitMinor=" + minor + v + "gitTreeState=clean"
	return goBuild(ctx, filepath.Join(b.Source, "kubernetes"), out+"/", ldflags, "./cmd/etcd",
		"./cmd/kube", "./cmd/kubectl", "./cmd/coredns")
}

// moduleDir downloads a module and returns where it is.
func moduleDir(ctx context.Context, module, version string) (string, error) {
	out, err := run(ctx, os.TempDir(), []string{"GOFLAGS=", "GOWORK=off"}, "go", "mod", "download", "-json", module+"@"+version)
	if err != nil {
		return "", err
	}
	var m struct{ Dir string }
	if err := json.Unmarshal(out, &m); err != nil {
		return "", fmt.Errorf("reading go mod download: %w", err)
	}
	return m.Dir, nil
}

// KedaBinaries are the binaries of KEDA, by the path that the official images have.
var KedaBinaries = map[string]string{"operator": "keda", "adapter": "keda-adapter", "webhooks": "keda-admission-webhooks"}

func buildKeda(ctx context.Context, _ *Builder, out string) error {
	// Building inside KEDA's own module keeps its replaced dependencies.
	dir, err := moduleDir(ctx, "github.com/kedacore/keda/v2", Keda)
	if err != nil {
		return err
	}
	for command, name := range KedaBinaries {
		if err := goBuild(ctx, dir, filepath.Join(out, name), stripped, "./cmd/"+command); err != nil {
			return err
		}
	}
	return nil
}

func buildCNI(ctx context.Context, _ *Builder, out string) error {
	const plugins = "github.com/containernetworking/plugins/plugins/"
	return goInstall(ctx, out, plugins+"main/ptp@"+CNI, plugins+"main/loopback@"+CNI,
		plugins+"ipam/host-local@"+CNI, plugins+"meta/portmap@"+CNI)
}

func buildPause(ctx context.Context, b *Builder, out string) error {
	return goBuild(ctx, b.Source, out+"/", stripped, "./cmd/pause")
}

func goInstall(ctx context.Context, out string, packages ...string) error {
	args := append([]string{"install", "-trimpath", "-ldflags", stripped}, packages...)
	_, err := run(ctx, os.TempDir(), append([]string{"GOBIN=" + out}, static...), "go", args...)
	return err
}
