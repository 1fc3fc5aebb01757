// SPDX-License-Identifier: Apache-2.0

package containerd

import (
	"context"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/helm-wasm/helm-wasm/internal/nodesetup/config"
	"github.com/helm-wasm/helm-wasm/internal/nodesetup/cri"
	"github.com/helm-wasm/helm-wasm/internal/push"
	"github.com/helm-wasm/helm-wasm/wasmbin/oci"
)

// A command: one type, one function exported as _start. The second one traps.
const (
	returns = "\x00asm\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00\x07\x0a\x01\x06_start\x00\x00\x0a\x04\x01\x02\x00\x0b"
	traps   = "\x00asm\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00\x07\x0a\x01\x06_start\x00\x00\x0a\x05\x01\x03\x00\x00\x0b"
)

// pull packs a module as `package` does, pushes it, and has the server pull and
// unpack it, as the kubelet does.
func (s *server) pull(wasm string, o oci.Options) (image string, err error) {
	s.t.Helper()
	hub := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	s.t.Cleanup(hub.Close)
	o.Name = "app.wasm"
	o.Reference = strings.TrimPrefix(hub.URL, "http://") + "/acme/app:1"
	packed, err := oci.Pack([]byte(wasm), o)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := push.Push(context.Background(), packed); err != nil {
		s.t.Fatal(err)
	}
	spec := protowire.AppendString(protowire.AppendTag(nil, 1, protowire.BytesType), o.Reference)
	request := protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), spec)
	answer, err := (&cri.Client{Socket: s.socket}).Call(context.Background(), "ImageService", "PullImage", request)
	if err != nil {
		return "", err
	}
	_, _, n := protowire.ConsumeTag(answer)
	reference, _ := protowire.ConsumeBytes(answer[n:])
	return string(reference), nil
}

// TestScratchImageRuns pulls, unpacks and runs what `package` makes by default.
func TestScratchImageRuns(t *testing.T) {
	versions(t, func(t *testing.T, major int) {
		s := start(t, major)
		setup := s.setup(map[string]config.Source{"crun-wazero": {Path: crun(t, s.dir+"/brought/crun")}})
		if r, err := setup.Install(context.Background()); err != nil || !slices.Equal(r.Ready, []string{"crun-wazero"}) {
			t.Fatalf("install gave %+v, %v", r, err)
		}
		trial := cri.Trial{
			Handler: "crun-wazero", CgroupParent: "/wasm-node-setup",
			Annotations: map[string]string{"module.wasm.image/variant": "compat-smart"},
		}
		defer func() {
			dirs, _ := filepath.Glob("/sys/fs/cgroup/*/wasm-node-setup")
			for _, dir := range append(dirs, "/sys/fs/cgroup/wasm-node-setup") {
				_ = os.Remove(dir)
			}
		}()
		for name, options := range map[string]oci.Options{"plain": {}, "compressed": {Compress: push.Gzip}} {
			image, err := s.pull(returns, options)
			if err != nil {
				t.Fatalf("%s: the image was not unpacked: %v", name, err)
			}
			trial.Image = image
			if err := (&cri.Client{Socket: s.socket}).Try(context.Background(), trial); err != nil {
				t.Errorf("%s: the image does not run: %v", name, err)
			}
		}
		image, err := s.pull(traps, oci.Options{})
		if err != nil {
			t.Fatal(err)
		}
		trial.Image = image
		if err := (&cri.Client{Socket: s.socket}).Try(context.Background(), trial); err == nil ||
			!strings.Contains(err.Error(), "exit code 1") {
			t.Errorf("a module that traps gave %v", err)
		}
	})
}

// TestLayerImageIsUnpacked: containerd 2 accepts an image whose layer is the module
// itself. Debian's 1.6.20 does not yet, and says so: 1.6.25 is the first.
func TestLayerImageIsUnpacked(t *testing.T) {
	versions(t, func(t *testing.T, major int) {
		s := start(t, major)
		refusals := map[oci.Format]string{
			oci.Layer:    "no processor for media-type",
			oci.Artifact: "mismatched image rootfs and manifest layers",
		}
		for format, refusal := range refusals {
			image, err := s.pull(returns, oci.Options{Format: format})
			switch {
			case major == 1 && (err == nil || !strings.Contains(err.Error(), refusal)):
				t.Errorf("%s: containerd 1.6.20 gave %q, %v", format, image, err)
			case major == 2 && (err != nil || image == ""):
				t.Errorf("%s: containerd 2 gave %q, %v", format, image, err)
			}
			t.Logf("%s: %q, %v", format, image, err)
		}
	})
}
