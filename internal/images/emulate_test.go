// SPDX-License-Identifier: Apache-2.0

package images

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/freeport"
)

const redact = root + "/build/functions/redact-cards.wasm"

// TestPrecompiledIsUsed starts the runner of each architecture on a function whose
// machine code its image contains, the foreign one in an emulator: it makes an
// instance, which runs that code, and compiles nothing. Without the code the same
// runner compiles, and leaves a file.
func TestPrecompiledIsUsed(t *testing.T) {
	shared := built(t)
	if _, err := os.Stat(redact); err != nil {
		t.Fatalf("%v: run `make functions`", err)
	}
	dir := t.TempDir()
	b := Builder{Root: root, Build: filepath.Join(shared, "build"), Dist: dir, Out: os.Stderr}
	if err := b.Precompiled(t.Context(), []string{redact}); err != nil {
		t.Fatal(err)
	}
	index, _, _ := open(t, filepath.Join(dir, "images", "wasm-runner-precompiled"))
	list, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list.Manifests {
		arch := d.Platform.Architecture
		t.Run(arch, func(t *testing.T) {
			img, err := index.Image(d.Digest)
			if err != nil {
				t.Fatal(err)
			}
			files := unpack(t, img)
			code := filepath.Join(files, precompiledPath)
			if new, linked := instantiate(t, arch, files, code); len(new) > 0 || linked != 1 {
				t.Errorf("with the code in the image: compiled %q, used %d files of it, want none compiled and 1 used", new, linked)
			}
			if new, linked := instantiate(t, arch, files, ""); len(new) != 1 || linked != 0 {
				t.Errorf("without the code: compiled %q, used %d files of the image, want 1 compiled and none used", new, linked)
			}
		})
	}
}

// instantiate runs a runner until it has an instance of the function. It
// returns the files that compiling left in the cache, and the number of those
// that lead to the image's.
func instantiate(t *testing.T, arch, files, code string) (compiled []string, linked int) {
	t.Helper()
	dir := t.TempDir()
	module, err := filepath.Abs(redact)
	if err != nil {
		t.Fatal(err)
	}
	ports, err := freeport.Find(1)
	if err != nil {
		t.Fatal(err)
	}
	port := ports[0]
	config := filepath.Join(dir, "runner.yaml")
	// No broker is there; the module is loaded anyway.
	text := fmt.Sprintf(`{name: emulated, module: {path: %q}, abi: redpanda, source: {topic: in, consumerGroup: g}, sink: {topic: out},
delivery: at-least-once, onError: {retries: 0}, limits: {}, kafka: {bootstrapServers: ["127.0.0.1:1"]}, adminPort: %d}`, module, port)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cache := filepath.Join(dir, "cache")
	args := []string{
		filepath.Join(files, "wasm-runner"), "run", "--config", config, "--cache-dir", cache, "--precompiled-dir", code,
		"--admin-host", "127.0.0.1",
	}
	if arch != runtime.GOARCH {
		args = append([]string{emulators[arch]}, args...)
	}
	var log bytes.Buffer
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting the runner for %s: %v", arch, err)
	}
	page := ""
	const ready = `phase="instance"`
	for end := time.Now().Add(10 * time.Minute); !strings.Contains(page, ready) &&
		time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if answer, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/metrics", port)); err == nil {
			body, _ := io.ReadAll(answer.Body)
			answer.Body.Close()
			page = string(body)
		}
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if !strings.Contains(page, ready) {
		t.Fatalf("the runner for %s made no instance: %s", arch, log.String())
	}
	err = filepath.WalkDir(cache, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || d.IsDir():
			return err
		case d.Type() == fs.ModeSymlink:
			linked++
		default:
			compiled = append(compiled, filepath.Base(file))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return compiled, linked
}
