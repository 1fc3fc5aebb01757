// SPDX-License-Identifier: Apache-2.0

package containerd

import (
	"archive/tar"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

const pauseSource = `package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGTERM, syscall.SIGINT)
	<-c
}
`

// importPause gives the server the image that every sandbox starts from.
func (s *server) importPause() {
	s.t.Helper()
	dir := s.t.TempDir()
	must := func(err error) {
		s.t.Helper()
		if err != nil {
			s.t.Fatal(err)
		}
	}
	must(os.WriteFile(filepath.Join(dir, "main.go"), []byte(pauseSource), 0o600))
	build := exec.Command("go", "build", "-ldflags", "-s -w", "-o", filepath.Join(dir, "pause"), filepath.Join(dir, "main.go"))
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		s.t.Fatalf("building pause: %v\n%s", err, out)
	}
	program, err := os.ReadFile(filepath.Join(dir, "pause"))
	must(err)
	var layer bytes.Buffer
	w := tar.NewWriter(&layer)
	must(w.WriteHeader(&tar.Header{Name: "pause", Mode: 0o755, Size: int64(len(program))}))
	_, err = w.Write(program)
	must(err)
	must(w.Close())
	l, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(layer.Bytes())), nil })
	must(err)
	image, err := mutate.AppendLayers(empty.Image, l)
	must(err)
	config, err := image.ConfigFile()
	must(err)
	config = config.DeepCopy()
	config.OS, config.Architecture = "linux", arch()
	config.Config = v1.Config{Entrypoint: []string{"/pause"}}
	image, err = mutate.ConfigFile(image, config)
	must(err)
	tag, err := name.NewTag("test.local/pause:1")
	must(err)
	archive := filepath.Join(dir, "pause.tar")
	must(tarball.WriteToFile(archive, tag, image))
	ctr := filepath.Join(os.Getenv("CONTAINERD_1"), "usr/bin/ctr")
	if out, err := exec.Command(ctr, "-a", s.socket, "-n", "k8s.io", "images", "import", "--snapshotter", "native",
		archive).CombinedOutput(); err != nil {
		s.t.Fatalf("importing pause: %v\n%s", err, out)
	}
}
