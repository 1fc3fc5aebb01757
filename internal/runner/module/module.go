// SPDX-License-Identifier: Apache-2.0

// Package module finds a function's .wasm: a file, or an OCI image or
// artifact in a registry. Digests are checked and sizes bounded.
package module

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
)

// sizeLimit bounds a module. The largest in use (language runtimes) are 30 MB.
const sizeLimit = 256 << 20

// Source says where a module is. Give one of Image and Path.
type Source struct {
	Image        string // reference, by digest or tag
	Path         string
	DockerConfig string // directory with pull secrets
}

// Fetch reads the module once.
func (s Source) Fetch(ctx context.Context) ([]byte, error) {
	if s.Path != "" {
		return readFile(s.Path)
	}
	return s.pull(ctx)
}

func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading module: %w", err)
	}
	defer file.Close()
	return readLimited(file, path)
}

func readLimited(r io.Reader, name string) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, sizeLimit+1))
	if err != nil {
		return nil, fmt.Errorf("reading module %q: %w", name, err)
	}
	if len(data) > sizeLimit {
		return nil, fmt.Errorf("reading module %q: larger than %d MiB", name, sizeLimit>>20)
	}
	return data, nil
}

// Digest names a module's bytes as OCI does.
func Digest(wasm []byte) string {
	sum := sha256.Sum256(wasm)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// temporary is an error that may go away on its own.
type temporary struct{ error }

// Unwrap returns the cause.
func (t temporary) Unwrap() error { return t.error }

// Temporary reports whether fetching again may succeed.
func Temporary(err error) bool {
	var t temporary
	return errors.As(err, &t)
}
