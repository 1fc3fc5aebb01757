// SPDX-License-Identifier: Apache-2.0

package images

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/validate"
)

// command is a module whose _start does nothing.
const command = "\x00asm\x01\x00\x00\x00" + "\x01\x04\x01\x60\x00\x00" + "\x03\x02\x01\x00" + "\x05\x03\x01\x00\x01" +
	"\x07\x13\x02\x06_start\x00\x00\x06memory\x02\x00" + "\x0a\x04\x01\x02\x00\x0b"

func TestPrecompiled(t *testing.T) {
	shared := built(t)
	dir := t.TempDir()
	module := filepath.Join(dir, "nothing.wasm")
	if err := os.WriteFile(module, []byte(command), 0o644); err != nil {
		t.Fatal(err)
	}
	var first map[string][32]byte
	for _, try := range []string{"a", "b"} {
		b := Builder{Root: root, Build: filepath.Join(shared, "build"), Dist: filepath.Join(dir, try), Out: os.Stderr}
		if err := b.Precompiled(t.Context(), []string{module}); err != nil {
			t.Fatal(err)
		}
		got := sums(t, b.Dist)
		if first == nil {
			first = got
			continue
		}
		for file, sum := range first {
			if got[file] != sum {
				t.Errorf("%s differs between two builds", file)
			}
		}
	}
	index, _, reference := open(t, filepath.Join(dir, "a", "images", "wasm-runner-precompiled"))
	if err := validate.Index(index); err != nil || !strings.HasSuffix(reference, "-precompiled") {
		t.Errorf("%q: %v", reference, err)
	}
	list, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list.Manifests {
		img, err := index.Image(d.Digest)
		if err != nil {
			t.Fatal(err)
		}
		code := 0
		headers, contents := files(t, img)
		for name, h := range headers {
			if strings.HasPrefix(name, precompiledPath+"/") && strings.Contains(name, "-"+d.Platform.Architecture+"-linux/") &&
				len(contents[name]) > 0 {
				code++
				if h.Mode&0o444 != 0o444 {
					t.Errorf("%s has mode %o: the runner is not root", name, h.Mode)
				}
			}
		}
		if code != 1 {
			t.Errorf("%s: %d files of machine code, want 1", d.Platform, code)
		}
	}
}

func TestPrecompileRefuses(t *testing.T) {
	built := built(t)
	dir := t.TempDir()
	module := filepath.Join(dir, "text.wasm")
	if err := os.WriteFile(module, []byte("hello"), 0o644); err != nil {
		t.Fatal(err)
	}
	b := Builder{Root: root, Build: filepath.Join(built, "build"), Dist: dir, Out: os.Stderr}
	if err := b.Precompiled(t.Context(), []string{module}); err == nil || !strings.Contains(err.Error(), "compiling") {
		t.Errorf("compiling a text: %v", err)
	}
	t.Setenv("PATH", dir)
	if err := compile(t.Context(), "runner", "s390x", module, dir); err == nil || !strings.Contains(err.Error(), "qemu-user-static") {
		t.Errorf("compiling without an emulator: %v", err)
	}
}
