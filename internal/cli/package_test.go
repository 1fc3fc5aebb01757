// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/wasmbin/oci"
)

// readIndex returns the reference that an archive is for.
func readIndex(t *testing.T, archive string) (reference string, files int) {
	t.Helper()
	r := tar.NewReader(strings.NewReader(archive))
	for {
		h, err := r.Next()
		if err == io.EOF {
			return reference, files
		}
		if err != nil {
			t.Fatal(err)
		}
		files++
		if h.Name == "index.json" {
			var index struct {
				Manifests []struct{ Annotations map[string]string }
			}
			if err := json.NewDecoder(r).Decode(&index); err != nil || len(index.Manifests) != 1 {
				t.Fatalf("%+v, %v", index, err)
			}
			reference = index.Manifests[0].Annotations["io.containerd.image.name"]
		}
	}
}

func TestPackage(t *testing.T) {
	files := memory{"dir/enrich.wasm": []byte(emptyModule)}
	fromPlugin := sandbox(emptyModule, "package", "--name", "enrich.wasm", "-t", "ghcr.io/a/b:1")
	fromFile := native(files, "", "package", "dir/enrich.wasm", "--ref=ghcr.io/a/b:1")
	toFile := native(files, "", "package", "dir/enrich.wasm", "--ref=ghcr.io/a/b:1", "-o", "out.tar")
	for _, got := range []outcome{fromPlugin, fromFile, toFile} {
		if got.err != nil {
			t.Fatal(got.err)
		}
	}
	if ref, n := readIndex(t, fromPlugin.stdout); ref != "ghcr.io/a/b:1" || n != 8 {
		t.Errorf("reference %q, %d files", ref, n)
	}
	if fromPlugin.stdout != fromFile.stdout || string(files["out.tar"]) != fromFile.stdout {
		t.Error("plugin, program and file differ")
	}
	for _, text := range []string{fromPlugin.stderr, toFile.stdout} {
		if !strings.Contains(text, "scratch image, 8 B") || !strings.Contains(text, "digest sha256:") {
			t.Errorf("summary %q", text)
		}
	}
}

func TestPackagePush(t *testing.T) {
	var pushed *oci.Image
	program := func(fail error, args ...string) outcome {
		return run(Env{
			Program: "helm-wasm", Args: append([]string{"package"}, args...), Stdin: strings.NewReader(emptyModule), FS: memory{},
			Commands: []Command{PackageCommand(PackageTools{
				Push:     func(img *oci.Image) error { pushed = img; return fail },
				Compress: func(b []byte) ([]byte, error) { return b[:10], nil },
			})},
		})
	}
	got := program(nil, "--push", "--gzip", "--format", "scratch", "-t", "ghcr.io/a/b:1")
	if got.err != nil || pushed == nil || !strings.Contains(got.stdout, "pushed ghcr.io/a/b:1@"+pushed.Digest) {
		t.Errorf("%+v", got)
	}
	wantError(t, program(errors.New("denied"), "--push", "-t", "ghcr.io/a/b:1"), "denied")
	wantError(t, program(nil, "--push"), "flag --push needs --ref")
	wantError(t, program(nil, "--push", "-t", "a/b:1", "-o", "x"), "not both")
}

func TestPackageRefuses(t *testing.T) {
	wantError(t, sandbox("", "package"), "no Wasm binary")
	wantError(t, sandbox("(module)", "package"), "wat2wasm")
	wantError(t, sandbox(emptyModule, "package", "a.wasm"), "helm wasm package < a.wasm")
	wantError(t, sandbox(emptyModule, "package", "--format", "docker"), `"docker" is not one of scratch, layer, artifact`)
	wantError(t, sandbox(emptyModule, "package", "--annotation", "x"), `"x" is not KEY=VALUE`)
	wantError(t, sandbox(emptyModule, "package", "--push"), "--push")
	wantError(t, native(memory{}, emptyModule, "package", "--push", "-t", "a/b:1"), "without a registry client")
}
