// SPDX-License-Identifier: Apache-2.0

package images

import (
	"bytes"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

func TestPush(t *testing.T) {
	dir := built(t)
	server := httptest.NewServer(registry.New(registry.WithReferrersSupport(true), registry.Logger(log.New(io.Discard, "", 0))))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	var out bytes.Buffer
	b := Builder{Dist: filepath.Join(dir, "dist"), Out: &out}
	if err := b.Push(t.Context(), host+"/mirror"); err != nil {
		t.Fatal(err)
	}
	ref, err := name.ParseReference(host + "/mirror/wasm-runner:" + strings.Split(Programs()[0].Reference(), ":")[1])
	if err != nil {
		t.Fatal(err)
	}
	index, err := remote.Index(ref)
	if err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	list, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list.Manifests {
		referrers, err := remote.Referrers(ref.Context().Digest(d.Digest.String()))
		if err != nil {
			t.Fatal(err)
		}
		about, err := referrers.IndexManifest()
		if err != nil || len(about.Manifests) != 1 {
			t.Errorf("%s has the referrers %+v, %v", d.Platform, about, err)
		}
	}
	if err := (Builder{Dist: t.TempDir(), Out: io.Discard}).Push(t.Context(), host); err == nil {
		t.Error("pushing nothing gave no error")
	}
}

func TestFunctions(t *testing.T) {
	dir := t.TempDir()
	b := Builder{Dist: dir, Out: io.Discard}
	if err := b.Functions(dir); err == nil || !strings.Contains(err.Error(), "make functions") {
		t.Errorf("packing nothing: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "tiny.wasm"), []byte("\x00asm\x01\x00\x00\x00"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := b.Functions(dir); err != nil {
		t.Fatal(err)
	}
	index, _, reference := open(t, filepath.Join(dir, "images", "functions", "tiny"))
	if err := validate.Index(index); err != nil || !strings.HasPrefix(reference, "ghcr.io/helm-wasm/functions/tiny:") {
		t.Errorf("%q, %v", reference, err)
	}
}
