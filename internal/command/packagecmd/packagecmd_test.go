// SPDX-License-Identifier: Apache-2.0

package packagecmd

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/internal/command/commandtest"

	"github.com/helm-wasm/helm-wasm/wasmbin/oci"
)

var commands = commandtest.Of(Command())

// program returns the native program, which pushes and compresses with these tools.
func program(tools Tools) commandtest.Table { return commandtest.Of(NativeCommand(tools)) }

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
	files := commandtest.Files{"dir/enrich.wasm": []byte(commandtest.EmptyModule)}
	fromPlugin := commands.Sandbox(commandtest.EmptyModule, "package", "--name", "enrich.wasm", "-t", "ghcr.io/a/b:1")
	fromFile := program(Tools{}).Native(files, "", "package", "dir/enrich.wasm", "--ref=ghcr.io/a/b:1")
	toFile := program(Tools{}).Native(files, "", "package", "dir/enrich.wasm", "--ref=ghcr.io/a/b:1", "-o", "out.tar")
	for _, got := range []commandtest.Outcome{fromPlugin, fromFile, toFile} {
		if got.Err != nil {
			t.Fatal(got.Err)
		}
	}
	if ref, n := readIndex(t, fromPlugin.Stdout); ref != "ghcr.io/a/b:1" || n != 8 {
		t.Errorf("reference %q, %d files", ref, n)
	}
	if fromPlugin.Stdout != fromFile.Stdout || string(files["out.tar"]) != fromFile.Stdout {
		t.Error("plugin, program and file differ")
	}
	for _, text := range []string{fromPlugin.Stderr, toFile.Stdout} {
		if !strings.Contains(text, "scratch image, 8 B") || !strings.Contains(text, "digest sha256:") {
			t.Errorf("summary %q", text)
		}
	}
}

func TestPackagePush(t *testing.T) {
	var pushed *oci.Image
	run := func(fail error, args ...string) commandtest.Outcome {
		return program(Tools{
			Push:     func(img *oci.Image) error { pushed = img; return fail },
			Compress: func(b []byte) ([]byte, error) { return b[:10], nil },
		}).Native(commandtest.Files{}, commandtest.EmptyModule, append([]string{"package"}, args...)...)
	}
	got := run(nil, "--push", "--gzip", "--format", "scratch", "-t", "ghcr.io/a/b:1")
	if got.Err != nil || pushed == nil || !strings.Contains(got.Stdout, "pushed ghcr.io/a/b:1@"+pushed.Digest) {
		t.Errorf("%+v", got)
	}
	commandtest.WantError(t, run(errors.New("denied"), "--push", "-t", "ghcr.io/a/b:1"), "denied")
	commandtest.WantError(t, run(nil, "--push"), "flag --push needs --ref")
	commandtest.WantError(t, run(nil, "--push", "-t", "a/b:1", "-o", "x"), "not both")
}

func TestPackageRefuses(t *testing.T) {
	commandtest.WantError(t, commands.Sandbox("", "package"), "no Wasm binary")
	commandtest.WantError(t, commands.Sandbox("(module)", "package"), "wat2wasm")
	commandtest.WantError(t, commands.Sandbox(commandtest.EmptyModule, "package", "a.wasm"), "helm wasm package < a.wasm")
	commandtest.WantError(t,
		commands.Sandbox(commandtest.EmptyModule, "package", "--format", "docker"),
		`"docker" is not one of scratch, layer, artifact`)
	commandtest.WantError(t, commands.Sandbox(commandtest.EmptyModule, "package", "--annotation", "x"), `"x" is not KEY=VALUE`)
	commandtest.WantError(t, commands.Sandbox(commandtest.EmptyModule, "package", "--push"), "--push")
}
