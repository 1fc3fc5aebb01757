// SPDX-License-Identifier: Apache-2.0

// Package config reads what an administrator asks for: the file that the chart
// mounts.
package config

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/handler"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/node"
)

// Config is what an administrator asks for.
type Config struct {
	// Runtimes by their key in the chart's values.
	Runtimes map[string]Source `yaml:"runtimes"`
	// Node overrides what detection finds.
	Node node.Node `yaml:"node"`
	// BinDir and StateDir are directories on the node.
	BinDir   string `yaml:"binDir"`
	StateDir string `yaml:"stateDir"`
	// RestartTimeout is how long the container runtime may take until it answers
	// after a restart; at least a second.
	RestartTimeout time.Duration `yaml:"restartTimeout"`
	// Try is how far each handler is tried: wasm, sandbox or off; true is wasm
	// and false is off.
	Try Level `yaml:"try"`
	// Owner is who sets the node up, such as namespace/release. A node that
	// another owner has set up is refused.
	Owner string `yaml:"owner"`
}

// Source says where the program of a runtime comes from: one of URL, Image and
// Path; SHA256 alone for the newest known release; or nothing where the node
// has it in a usual directory.
type Source struct {
	Handler string            `yaml:"handler"`
	URL     map[string]string `yaml:"url"`
	SHA256  map[string]string `yaml:"sha256"`
	Image   string            `yaml:"image"`
	Path    string            `yaml:"path"`
	// Binary is the program's file name, for runtimes that are not known.
	Binary string `yaml:"binary"`
	// Try is Config.Try for this runtime only.
	Try Level `yaml:"try"`
}

// Defaults of a Config.
const (
	DefaultBinDir   = "/opt/helm-wasm/bin"
	DefaultStateDir = "/var/lib/helm-wasm/node-setup"
)

// Parse reads a configuration and reports all its mistakes.
func Parse(data []byte) (Config, error) {
	c := Config{BinDir: DefaultBinDir, StateDir: DefaultStateDir, RestartTimeout: 90 * time.Second, Try: TryWasm}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&c); err != nil && !errors.Is(err, io.EOF) {
		return c, fmt.Errorf("reading configuration: %w", err)
	}
	var bad []error
	complain := func(format string, args ...any) { bad = append(bad, fmt.Errorf(format, args...)) }
	if len(c.Runtimes) == 0 {
		complain("runtimes is empty: name at least one runtime")
	}
	for _, dir := range []string{c.BinDir, c.StateDir} {
		if !path.IsAbs(dir) || path.Clean(dir) == "/" {
			complain("binDir and stateDir must be absolute directories, not %q", dir)
		}
	}
	if c.RestartTimeout < time.Second {
		complain("restartTimeout: %s is too short: use at least 1s", c.RestartTimeout)
	}
	for _, key := range slices.Sorted(maps.Keys(c.Runtimes)) {
		s := c.Runtimes[key]
		if s.Handler == "" {
			s.Handler = key
		}
		s.URL = s.release(key)
		c.Runtimes[key] = s
		for _, err := range s.check() {
			complain("runtimes.%s: %w", key, err)
		}
		if s.File(key) == "" {
			complain("runtimes.%s: the program's name is not known: set binary, such as containerd-shim-%s-v1", key, key)
		}
	}
	return c, errors.Join(bad...)
}

func (s Source) check() (bad []error) {
	if len(s.SHA256) > 0 && len(s.URL) == 0 && s.Image == "" && s.Path == "" {
		bad = append(bad, errors.New("sha256: no release of this runtime is known: set url as well"))
	}
	given := 0
	for _, ok := range []bool{len(s.URL) > 0, s.Image != "", s.Path != ""} {
		if ok {
			given++
		}
	}
	if given > 1 {
		bad = append(bad, errors.New("names more than one source: give one of url, image and path"))
	}
	for _, arch := range slices.Sorted(maps.Keys(s.URL)) {
		if u, err := url.Parse(s.URL[arch]); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
			bad = append(bad, fmt.Errorf("url.%s: %q is not an http or https URL", arch, s.URL[arch]))
		}
		if sum, err := hex.DecodeString(s.SHA256[arch]); err != nil || len(sum) != 32 {
			bad = append(bad,
				fmt.Errorf("sha256.%s: %q is not a SHA-256 of 64 hex digits: nothing unverified runs on nodes", arch, s.SHA256[arch]))
		}
	}
	if s.Image != "" && !strings.Contains(s.Image, "@sha256:") {
		bad = append(bad, fmt.Errorf("image: %q has no digest: write repository@sha256:DIGEST", s.Image))
	}
	if s.Path != "" && !path.IsAbs(s.Path) {
		bad = append(bad, fmt.Errorf("path: %q is not absolute", s.Path))
	}
	if s.Binary != "" && (path.Base(s.Binary) != s.Binary || strings.HasPrefix(s.Binary, ".")) {
		bad = append(bad, fmt.Errorf("binary: %q is not a file name", s.Binary))
	}
	return bad
}

// File returns the program's file name; empty if it is not known.
func (s Source) File(key string) string {
	if s.Binary != "" {
		return s.Binary
	}
	if s.Path != "" {
		return path.Base(s.Path)
	}
	if name := handler.BinaryName(key, s.Handler); name != "" {
		return name
	}
	// An archive or an image of a shim has it under its usual name.
	if name := "containerd-shim-" + s.Handler + "-v1"; (len(s.URL) > 0 || s.Image != "") && handler.IsShim(name) {
		return name
	}
	return ""
}

// Identity changes when what a source names changes. Arch is Go's name of the
// node's architecture.
func (s Source) Identity(arch string) string {
	if s.Image != "" {
		return s.Image
	}
	return "sha256:" + strings.ToLower(s.SHA256[arch])
}
